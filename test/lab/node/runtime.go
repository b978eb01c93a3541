package node

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	clientset "k8s.io/client-go/kubernetes"
	internalapi "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	apitest "k8s.io/cri-api/pkg/apis/testing"
	utilexec "k8s.io/utils/exec"

	"eventloom.dev/lab/fault"
)

const (
	labelPodName      = "io.kubernetes.pod.name"
	labelPodNamespace = "io.kubernetes.pod.namespace"
	labelPodUID       = "io.kubernetes.pod.uid"

	exitedByOOM = 137
)

// scriptedRuntime is a container runtime without containers: it remembers what the kubelet asked for, and lets things end or
// fail as the rules in force say.
type scriptedRuntime struct {
	internalapi.RuntimeService
	fake    *apitest.FakeRuntimeService
	node    string
	board   *fault.Board
	network *podNetwork
	pods    *podSpecs
	crashes map[string]int // by rule, pod and container: how often the rule struck; only act() uses it
}

func newScriptedRuntime(node string, board *fault.Board, client clientset.Interface, network *podNetwork) *scriptedRuntime {
	fake := apitest.NewFakeRuntimeService()
	fake.FakeStatus = &runtimeapi.RuntimeStatus{Conditions: []*runtimeapi.RuntimeCondition{
		{Type: runtimeapi.RuntimeReady, Status: true},
		{Type: runtimeapi.NetworkReady, Status: true},
	}}
	return &scriptedRuntime{
		RuntimeService: fake, fake: fake, node: node, board: board, network: network,
		pods: newPodSpecs(client), crashes: map[string]int{},
	}
}

// RunPodSandbox fails like a broken CNI plug-in while a rule says so.
func (r *scriptedRuntime) RunPodSandbox(ctx context.Context, config *runtimeapi.PodSandboxConfig, handler string) (string, error) {
	for _, rule := range r.board.Rules() {
		if rule.Network != nil && fault.Match(rule.Network.Node, r.node) {
			return "", fmt.Errorf("rpc error: code = Unknown desc = failed to setup network for sandbox %q: %s",
				config.Metadata.Uid, fault.OrElse(rule.Network.Message, `plugin type="calico" failed (add): connection is unauthorized`))
		}
	}
	r.pods.learn(ctx, config.Metadata.Namespace, config.Metadata.Name, config.Metadata.Uid)
	id, err := r.RuntimeService.RunPodSandbox(ctx, config, handler)
	if err != nil {
		return "", err
	}
	r.fake.Lock()
	defer r.fake.Unlock()
	r.fake.Sandboxes[id].Network.Ip = r.network.address()
	return id, nil
}

// StopContainer ends a container as a process that heeds SIGTERM.
func (r *scriptedRuntime) StopContainer(ctx context.Context, id string, timeout int64) error {
	r.fake.Lock()
	container, known := r.fake.Containers[id]
	exited := known && container.State == runtimeapi.ContainerState_CONTAINER_EXITED
	r.fake.Unlock()
	if exited {
		return nil // stopping again must not overwrite how it ended
	}
	if err := r.RuntimeService.StopContainer(ctx, id, timeout); err != nil {
		return err
	}
	r.exit(id, ending{})
	return nil
}

// ExecSync answers exec probes: success, or what the first matching probe rule wants.
func (r *scriptedRuntime) ExecSync(ctx context.Context, id string, command []string, timeout time.Duration) ([]byte, []byte, error) {
	r.fake.Lock()
	container, known := r.fake.Containers[id]
	r.fake.Unlock()
	if !known {
		return nil, nil, fmt.Errorf("container %q not found", id)
	}
	probe := probeRule(r.board, r.identify(container), "")
	switch {
	case probe == nil || (probe.Answer == "" && probe.Status < http.StatusBadRequest):
		return nil, nil, nil
	case probe.Answer == "hang":
		select {
		case <-time.After(timeout):
		case <-ctx.Done():
		}
		return nil, nil, utilexec.CodeExitError{Err: errors.New("command timed out"), Code: 124}
	default:
		return nil, nil, utilexec.CodeExitError{Err: fmt.Errorf("command %q exited with 1", command), Code: 1}
	}
}

// ending is how a container ends.
type ending struct {
	code            int32
	reason, message string
}

func (r *scriptedRuntime) exit(id string, how ending) {
	r.fake.Lock()
	defer r.fake.Unlock()
	container, known := r.fake.Containers[id]
	if !known {
		return
	}
	container.State = runtimeapi.ContainerState_CONTAINER_EXITED
	container.FinishedAt = time.Now().UnixNano()
	container.ExitCode, container.Message = how.code, how.message
	switch {
	case how.reason != "":
		container.Reason = how.reason
	case how.code == 0:
		container.Reason = "Completed"
	default:
		container.Reason = "Error"
	}
}

// identify names a container as rules do.
func (r *scriptedRuntime) identify(container *apitest.FakeContainer) fault.Container {
	return fault.Container{
		Namespace: container.Labels[labelPodNamespace],
		Pod:       container.Labels[labelPodName],
		Name:      container.Metadata.Name,
		Image:     container.Image.GetImage(),
		Node:      r.node,
	}
}
