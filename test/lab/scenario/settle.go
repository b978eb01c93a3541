package scenario

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const settlePoll = 250 * time.Millisecond

// settle waits until every Deployment, StatefulSet and DaemonSet has the ready pods it wants, or until the time is over: some
// scenarios are broken from the beginning, so that is no error.
func (s *Stage) settle(ctx context.Context, timeout time.Duration) (settled bool, err error) {
	deadline := time.Now().Add(timeout)
	for {
		open, err := s.unsettled(ctx)
		if err == nil && open == "" {
			return true, nil
		}
		if time.Now().After(deadline) {
			return false, nil
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(settlePoll):
		}
	}
}

// unsettled names the first workload that is not as it should be; empty when all are.
func (s *Stage) unsettled(ctx context.Context) (string, error) {
	apps := s.Client.Typed.AppsV1()
	deployments, err := apps.Deployments("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", err
	}
	for _, one := range deployments.Items {
		if one.Status.ObservedGeneration < one.Generation || one.Status.ReadyReplicas != *one.Spec.Replicas {
			return fmt.Sprintf("Deployment %s/%s", one.Namespace, one.Name), nil
		}
	}
	sets, err := apps.StatefulSets("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", err
	}
	for _, one := range sets.Items {
		if one.Status.ObservedGeneration < one.Generation || one.Status.ReadyReplicas != *one.Spec.Replicas {
			return fmt.Sprintf("StatefulSet %s/%s", one.Namespace, one.Name), nil
		}
	}
	daemons, err := apps.DaemonSets("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", err
	}
	for _, one := range daemons.Items {
		if one.Status.ObservedGeneration < one.Generation || one.Status.NumberReady != one.Status.DesiredNumberScheduled {
			return fmt.Sprintf("DaemonSet %s/%s", one.Namespace, one.Name), nil
		}
	}
	return "", nil
}
