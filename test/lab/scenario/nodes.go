package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	fieldselector "k8s.io/apimachinery/pkg/fields"
)

// evictRetry is the pause after a disruption budget refused an eviction, as in `kubectl drain`.
const evictRetry = 5 * time.Second

func (s *Stage) cordon(ctx context.Context, node string, closed bool) error {
	patch := json.RawMessage(fmt.Sprintf(`{"spec":{"unschedulable":%t}}`, closed))
	return s.Client.Merge(ctx, "v1", "Node", "", node, patch)
}

// drain cordons a node and evicts its pods, but for those of DaemonSets. Budgets that refuse are asked again in the background,
// until the scenario ends.
func (s *Stage) drain(ctx context.Context, node string) error {
	if err := s.cordon(ctx, node, true); err != nil {
		return err
	}
	pods, err := s.Client.Typed.CoreV1().Pods("").List(ctx, metav1.ListOptions{
		FieldSelector: fieldselector.OneTermEqualSelector("spec.nodeName", node).String(),
	})
	if err != nil {
		return fmt.Errorf("list the pods of %s: %w", node, err)
	}
	for _, pod := range pods.Items {
		if owner := metav1.GetControllerOf(&pod); owner != nil && owner.Kind == "DaemonSet" {
			continue
		}
		go s.evict(ctx, pod.Namespace, pod.Name)
	}
	return nil
}

func (s *Stage) evict(ctx context.Context, namespace, name string) {
	eviction := &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	for {
		err := s.Client.Typed.PolicyV1().Evictions(namespace).Evict(ctx, eviction)
		if !apierrors.IsTooManyRequests(err) {
			return // evicted, gone already, or the scenario is over
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(evictRetry):
		}
	}
}
