package cluster

import (
	"fmt"
	"math/rand/v2"
	"net"
)

// Ports are those of one cluster, all on 127.0.0.1.
type Ports struct {
	Etcd              int   `json:"etcd"`
	EtcdPeer          int   `json:"etcdPeer"`
	APIServer         int   `json:"apiserver"`
	Scheduler         int   `json:"scheduler"`
	ControllerManager int   `json:"controllerManager"`
	Nodes             []int `json:"nodes"`
}

// Ports are sought below the range from which Linux takes those of outgoing connections (32768 and up), so that a port found
// free is not taken by a passing connection before the component listens.
const (
	lowestPort  = 10_240
	highestPort = 32_767
	portTries   = 1_000
)

func choosePorts(nodes int) (Ports, error) {
	chosen := map[int]bool{}
	next := func() (int, error) {
		for range portTries {
			port := lowestPort + rand.IntN(highestPort-lowestPort+1)
			if !chosen[port] && free(port) {
				chosen[port] = true
				return port, nil
			}
		}
		return 0, fmt.Errorf("no free port between %d and %d after %d tries", lowestPort, highestPort, portTries)
	}
	var ports Ports
	for _, port := range []*int{&ports.Etcd, &ports.EtcdPeer, &ports.APIServer, &ports.Scheduler, &ports.ControllerManager} {
		found, err := next()
		if err != nil {
			return ports, err
		}
		*port = found
	}
	for range nodes {
		found, err := next()
		if err != nil {
			return ports, err
		}
		ports.Nodes = append(ports.Nodes, found)
	}
	return ports, nil
}

func free(port int) bool {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	return listener.Close() == nil
}
