package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"eventloom.dev/lab/cluster"
	"eventloom.dev/lab/fault"
	"eventloom.dev/lab/kube"
)

// Stage is where steps are carried out: a running cluster.
type Stage struct {
	Cluster *cluster.Cluster
	Client  *kube.Client
	Board   *fault.Board
}

// NewStage connects to a running cluster.
func NewStage(c *cluster.Cluster) (*Stage, error) {
	client, err := kube.Connect(c.Kubeconfig())
	if err != nil {
		return nil, err
	}
	return &Stage{Cluster: c, Client: client, Board: fault.Open(c.Faults())}, nil
}

// Perform does what a step says. A fault gets the id by which Undo lifts it.
func (s *Stage) Perform(ctx context.Context, step Step) error {
	if step.isFault() {
		return s.Board.Add(fault.Rule{ID: step.ID, Since: time.Now(), Crash: step.Crash, ImagePull: step.ImagePull,
			Network: step.Network, Probe: step.Probe, Volumes: step.Volumes})
	}
	switch {
	case step.Kill != "":
		return s.Cluster.Kill(step.Kill)
	case step.Start != "":
		return s.start(ctx, step.Start)
	case step.Apply != nil:
		return s.apply(ctx, step.Apply)
	case step.Workload != nil:
		manifests, err := step.Workload.Manifests()
		if err != nil {
			return err
		}
		return s.apply(ctx, manifests)
	case step.Delete != nil:
		return s.Client.Delete(ctx, step.Delete.APIVersion, step.Delete.Kind, step.Delete.Namespace, step.Delete.Name)
	case step.Patch != nil:
		return s.merge(ctx, step.Patch.Object, step.Patch.Merge)
	case step.Scale != nil:
		return s.merge(ctx, step.Scale.Object, json.RawMessage(fmt.Sprintf(`{"spec":{"replicas":%d}}`, step.Scale.Replicas)))
	case step.Image != nil:
		return s.rollOut(ctx, *step.Image)
	case step.Cordon != "":
		return s.cordon(ctx, step.Cordon, true)
	case step.Uncordon != "":
		return s.cordon(ctx, step.Uncordon, false)
	case step.Drain != "":
		return s.drain(ctx, step.Drain)
	case step.Compact:
		_, err := s.Cluster.Compact(ctx)
		return err
	case step.Flood != nil:
		return s.flood(ctx, *step.Flood)
	}
	return fmt.Errorf("the step does nothing")
}

// Undo is what happens when a step's `for` is over.
func (s *Stage) Undo(ctx context.Context, step Step) error {
	switch {
	case step.isFault():
		return s.Board.Remove(step.ID)
	case step.Kill != "":
		return s.start(ctx, step.Kill)
	case step.Cordon != "":
		return s.cordon(ctx, step.Cordon, false)
	}
	return nil
}

func (s Step) isFault() bool {
	return s.Crash != nil || s.ImagePull != nil || s.Network != nil || s.Probe != nil || s.Volumes != nil
}

func (s *Stage) start(ctx context.Context, name string) error {
	if err := s.Cluster.Start(name); err != nil {
		return err
	}
	return s.Cluster.WaitComponent(ctx, name)
}

func (s *Stage) apply(ctx context.Context, manifests []json.RawMessage) error {
	for _, manifest := range manifests {
		if err := s.Client.Apply(ctx, manifest); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stage) merge(ctx context.Context, object Object, patch json.RawMessage) error {
	return s.Client.Merge(ctx, object.APIVersion, object.Kind, object.Namespace, object.Name, patch)
}

// rollOut changes the image of the first container, as `kubectl set image` does.
func (s *Stage) rollOut(ctx context.Context, image Image) error {
	current, err := s.Client.Get(ctx, image.APIVersion, image.Kind, image.Namespace, image.Name)
	if err != nil {
		return err
	}
	raw, err := current.MarshalJSON()
	if err != nil {
		return err
	}
	var shape struct {
		Spec struct {
			Template struct {
				Spec struct{ Containers []fields }
			}
		}
	}
	if err := json.Unmarshal(raw, &shape); err != nil {
		return err
	}
	containers := shape.Spec.Template.Spec.Containers
	if len(containers) == 0 {
		return fmt.Errorf("%s %s has no containers", image.Kind, image.Name)
	}
	containers[0]["image"] = image.Image
	// A merge patch replaces lists, so all containers are given.
	patch, err := json.Marshal(fields{"spec": fields{"template": fields{"spec": fields{"containers": containers}}}})
	if err != nil {
		return err
	}
	return s.merge(ctx, image.Object, patch)
}
