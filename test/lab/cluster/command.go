package cluster

import (
	"fmt"
	"strings"
)

// arguments are the command line of a component; the same whenever it is started again.
func (c *Cluster) arguments(name string) ([]string, error) {
	switch {
	case name == "etcd":
		return []string{c.Path("etcd"), c.Etcd, fmt.Sprintf("http://127.0.0.1:%d", c.Ports.EtcdPeer)}, nil
	case name == "apiserver":
		return c.apiserverArguments(), nil
	case name == "scheduler":
		return append(c.clientArguments(), fmt.Sprintf("--secure-port=%d", c.Ports.Scheduler), "--leader-elect=false",
			"--cert-dir="+c.Path("certs", name)), nil
	case name == "controller-manager":
		return c.controllerManagerArguments(), nil
	case name == "storage":
		return []string{"--kubeconfig=" + c.Kubeconfig(), "--faults=" + c.Faults()}, nil
	case strings.HasPrefix(name, "node-"):
		return c.nodeArguments(name)
	}
	return nil, fmt.Errorf("no component is called %q; there are: %s", name, strings.Join(c.componentNames(), ", "))
}

func (c *Cluster) apiserverArguments() []string {
	return []string{
		"--etcd-servers=" + c.Etcd,
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", c.Ports.APIServer),
		"--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
		"--tls-cert-file=" + c.Path("ca.crt"), "--tls-private-key-file=" + c.Path("server.key"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + c.Path("sa.key"), "--service-account-signing-key-file=" + c.Path("sa.key"),
		"--token-auth-file=" + c.Path("tokens.csv"),
		"--authorization-mode=RBAC",
		"--service-cluster-ip-range=10.0.0.0/24",
		"--event-ttl=" + c.Options.EventTTL.String(),
		"--etcd-compaction-interval=" + c.Options.EtcdCompactionInterval.String(),
		// Pods get no token mounted: nothing runs in them.
		"--disable-admission-plugins=ServiceAccount",
		// Pods leave a lost node after 5 s instead of 5 minutes.
		"--default-not-ready-toleration-seconds=5", "--default-unreachable-toleration-seconds=5",
	}
}

func (c *Cluster) controllerManagerArguments() []string {
	return append(c.clientArguments(),
		fmt.Sprintf("--secure-port=%d", c.Ports.ControllerManager), "--leader-elect=false",
		"--cert-dir="+c.Path("certs", "controller-manager"),
		"--service-account-private-key-file="+c.Path("sa.key"),
		"--node-monitor-grace-period=12s", "--node-monitor-period=2s",
		"--horizontal-pod-autoscaler-sync-period=5s",
		"--pvclaimbinder-sync-period=5s",
		// Endpoints may not lie in 127.0.0.0/8, where the lab's pods have their addresses.
		"--controllers=*,-endpoints-controller,-endpointslice-controller,-endpointslice-mirroring-controller",
	)
}

func (c *Cluster) clientArguments() []string {
	config := c.Kubeconfig()
	return []string{"--kubeconfig=" + config, "--authentication-kubeconfig=" + config, "--authorization-kubeconfig=" + config,
		"--bind-address=127.0.0.1"}
}

func (c *Cluster) nodeArguments(name string) ([]string, error) {
	for i, known := range c.NodeNames() {
		if known == name {
			return []string{
				"--name=" + name, "--kubeconfig=" + c.Kubeconfig(), "--faults=" + c.Faults(),
				"--root-dir=" + c.Path("nodes", name), fmt.Sprintf("--port=%d", c.Ports.Nodes[i]),
				fmt.Sprintf("--cores=%d", c.Options.NodeCores),
			}, nil
		}
	}
	return nil, fmt.Errorf("there is no %s; the nodes are: %s", name, strings.Join(c.NodeNames(), ", "))
}

// componentNames are all of the cluster's, in the order in which they start.
func (c *Cluster) componentNames() []string {
	names := []string{"etcd", "apiserver"}
	if c.Options.ControlPlane == Full {
		names = append(names, "scheduler", "controller-manager", "storage")
	}
	return append(names, c.NodeNames()...)
}
