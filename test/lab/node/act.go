package node

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	apitest "k8s.io/cri-api/pkg/apis/testing"

	"eventloom.dev/lab/fault"
)

// actEvery is how often running containers are looked at; a crash is at most this late.
const actEvery = 200 * time.Millisecond

// running is one running container with what is known of its pod.
type running struct {
	id        string
	startedAt time.Time
	podUID    string
	address   string
	container fault.Container
}

// act lets containers end, and opens and closes their ports, until the context ends.
func (r *scriptedRuntime) act(ctx context.Context) {
	ticker := time.NewTicker(actEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			r.actOnce(now)
		}
	}
}

func (r *scriptedRuntime) actOnce(now time.Time) {
	wanted := map[string]fault.Container{}
	for _, one := range r.running() {
		if how, over := r.ends(one, now); over {
			r.exit(one.id, how)
			continue
		}
		if refused(r.board, one.container) {
			continue
		}
		for _, port := range r.pods.of(one.podUID).ports[one.container.Name] {
			wanted[net.JoinHostPort(one.address, strconv.Itoa(port))] = one.container
		}
	}
	r.network.serve(wanted)
}

func (r *scriptedRuntime) running() []running {
	r.fake.Lock()
	defer r.fake.Unlock()
	var found []running
	for id, container := range r.fake.Containers {
		if container.State != runtimeapi.ContainerState_CONTAINER_RUNNING {
			continue
		}
		found = append(found, running{
			id:        id,
			startedAt: time.Unix(0, container.StartedAt),
			podUID:    container.Labels[labelPodUID],
			address:   addressOf(r.fake.Sandboxes[container.SandboxID]),
			container: r.identify(container),
		})
	}
	return found
}

func addressOf(sandbox *apitest.FakePodSandbox) string {
	if sandbox == nil {
		return ""
	}
	return sandbox.Network.GetIp()
}

// ends says whether the container is over now: a crash rule first, else the pod's own script (jobs and init containers finish).
func (r *scriptedRuntime) ends(one running, now time.Time) (ending, bool) {
	for _, rule := range r.board.Rules() {
		crash := rule.Crash
		if crash == nil || !crash.Matches(one.container) {
			continue
		}
		key := fmt.Sprintf("%s|%s|%s", rule.ID, one.podUID, one.container.Name)
		if crash.Times > 0 && r.crashes[key] >= crash.Times {
			continue
		}
		if now.Sub(one.startedAt) < crash.After.Std() {
			return ending{}, false // it lives until the crash is due, whatever its script says
		}
		r.crashes[key]++
		return crashEnding(*crash), true
	}
	runFor, ends := r.pods.of(one.podUID).runFor[one.container.Name]
	return ending{}, ends && now.Sub(one.startedAt) >= runFor
}

func crashEnding(crash fault.Crash) ending {
	how := ending{code: crash.ExitCode, reason: crash.Reason, message: crash.Message}
	switch {
	case how.code == 0 && crash.Reason == "OOMKilled":
		how.code = exitedByOOM
	case how.code == 0 && crash.Reason == "":
		how.code = 1
	}
	return how
}
