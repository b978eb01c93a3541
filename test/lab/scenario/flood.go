package scenario

import (
	"context"
	"fmt"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eventloom.dev/lab/fault"
)

const (
	floodWorkers          = 8
	defaultFloodPerSecond = 200
	defaultFloodObjects   = 10
)

// flood creates events at an even rate. It returns when all are created.
func (s *Stage) flood(ctx context.Context, flood Flood) error {
	namespace := fault.OrElse(flood.Namespace, DefaultNamespace)
	if err := s.Client.EnsureNamespace(ctx, namespace); err != nil {
		return err
	}
	perSecond, objects := flood.PerSecond, flood.Objects
	if perSecond == 0 {
		perSecond = defaultFloodPerSecond
	}
	if objects == 0 {
		objects = defaultFloodObjects
	}
	events := s.Client.Typed.EventsV1().Events(namespace)
	numbers := make(chan int)
	failures := make(chan error, floodWorkers)
	var workers sync.WaitGroup
	for range floodWorkers {
		workers.Go(func() {
			for number := range numbers {
				event := floodEvent(flood, namespace, number, objects)
				_, err := events.Create(ctx, event, metav1.CreateOptions{})
				if err != nil && !apierrors.IsAlreadyExists(err) {
					select {
					case failures <- err:
					default: // one is enough
					}
				}
			}
		})
	}
	started := time.Now()
	for number := range flood.Count {
		due := started.Add(time.Duration(number) * time.Second / time.Duration(perSecond))
		time.Sleep(time.Until(due))
		if ctx.Err() != nil {
			break
		}
		numbers <- number
	}
	close(numbers)
	workers.Wait()
	select {
	case err := <-failures:
		return fmt.Errorf("create flood events: %w", err)
	default:
		return ctx.Err()
	}
}

func floodEvent(flood Flood, namespace string, number, objects int) *eventsv1.Event {
	now := time.Now()
	pod := fmt.Sprintf("flooded-%d", number%objects)
	return &eventsv1.Event{
		ObjectMeta:          metav1.ObjectMeta{Namespace: namespace, Name: fmt.Sprintf("%s.%x-%d", pod, now.UnixNano(), number)},
		EventTime:           metav1.NewMicroTime(now),
		ReportingController: "lab.eventloom.dev/flood",
		ReportingInstance:   "flood-0",
		Action:              "Flood",
		Reason:              fault.OrElse(flood.Reason, "Reconciled"),
		Type:                fault.OrElse(flood.Type, v1.EventTypeNormal),
		Note:                fault.OrElse(flood.Note, fmt.Sprintf("reconciled generation %d", number)),
		Regarding:           v1.ObjectReference{APIVersion: "v1", Kind: "Pod", Namespace: namespace, Name: pod},
	}
}
