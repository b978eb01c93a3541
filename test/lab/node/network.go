package node

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"k8s.io/klog/v2"

	"eventloom.dev/lab/fault"
)

// podNetwork gives pods addresses in 127.0.0.0/8 and answers on their ports, so that the real prober reaches them.
//
// The kubelet's port is unique on the machine while it is bound; its two bytes become the second and third byte of the
// addresses. So the pods of several clusters on one machine never meet.
type podNetwork struct {
	node  string
	port  int
	board *fault.Board

	mutex     sync.Mutex
	next      int
	listeners map[string]*http.Server // by address:port
}

func newPodNetwork(node string, port int, board *fault.Board) *podNetwork {
	return &podNetwork{node: node, port: port, board: board, listeners: map[string]*http.Server{}}
}

// address is the next pod's. After 254 pods addresses come back; the pods that had them first are long gone.
func (n *podNetwork) address() string {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.next = n.next%254 + 1
	return fmt.Sprintf("127.%d.%d.%d", n.port>>8, n.port&255, n.next)
}

// serve makes exactly `wanted` (address:port → container) answer, closing what else was open.
func (n *podNetwork) serve(wanted map[string]fault.Container) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	for endpoint, server := range n.listeners {
		if _, keep := wanted[endpoint]; !keep {
			_ = server.Close()
			delete(n.listeners, endpoint)
		}
	}
	for endpoint, container := range wanted {
		if _, open := n.listeners[endpoint]; open {
			continue
		}
		listener, err := net.Listen("tcp", endpoint)
		if err != nil {
			klog.ErrorS(err, "listen for a container", "endpoint", endpoint, "pod", container.Pod)
			continue
		}
		server := &http.Server{Handler: n.answer(container), ReadHeaderTimeout: time.Minute}
		n.listeners[endpoint] = server
		go func() { _ = server.Serve(listener) }()
	}
}

// answer is what a container says to a request: 200 and "ok", or what the first matching rule wants.
func (n *podNetwork) answer(container fault.Container) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		probe := probeRule(n.board, container, request.URL.Path)
		switch {
		case probe == nil:
			_, _ = response.Write([]byte("ok\n"))
		case probe.Answer == "hang":
			hang(request.Context())
		default:
			response.WriteHeader(probe.Status)
		}
	}
}

// refused says whether nothing should listen for the container.
func refused(board *fault.Board, container fault.Container) bool {
	probe := probeRule(board, container, "")
	return probe != nil && probe.Answer == "refused"
}

// probeRule is the first rule for the container, and for `path` where both name one.
func probeRule(board *fault.Board, container fault.Container, path string) *fault.Probe {
	for _, rule := range board.Rules() {
		if probe := rule.Probe; probe != nil && probe.Matches(container) && (path == "" || fault.Match(probe.Path, path)) {
			return probe
		}
	}
	return nil
}

// hang waits until the prober gives up.
func hang(ctx context.Context) { <-ctx.Done() }
