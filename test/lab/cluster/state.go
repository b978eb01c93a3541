package cluster

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"eventloom.dev/lab/process"
)

// Cluster is a running, or once running, cluster. It is written to cluster.json in its directory.
type Cluster struct {
	Options    Options                     `json:"options"`
	Server     string                      `json:"server"`
	Etcd       string                      `json:"etcd"`
	Ports      Ports                       `json:"ports"`
	Components map[string]process.Identity `json:"components"`
}

// Path is a file or directory of the cluster.
func (c *Cluster) Path(parts ...string) string {
	return filepath.Join(append([]string{c.Options.Dir}, parts...)...)
}

// Kubeconfig is the administrator's.
func (c *Cluster) Kubeconfig() string { return c.KubeconfigOf(Admin) }

// KubeconfigOf is the kubeconfig of a user of the token file.
func (c *Cluster) KubeconfigOf(user string) string { return c.Path(user + ".kubeconfig") }

// Faults is the file of the rules in force.
func (c *Cluster) Faults() string { return c.Path("faults.json") }

// NodeNames are node-1, node-2 …
func (c *Cluster) NodeNames() []string {
	names := make([]string, 0, len(c.Ports.Nodes))
	for i := range c.Ports.Nodes {
		names = append(names, fmt.Sprintf("node-%d", i+1))
	}
	return names
}

// Load reads the cluster of a directory.
func Load(dir string) (*Cluster, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(filepath.Join(absolute, "cluster.json"))
	if err != nil {
		return nil, fmt.Errorf("no cluster in %s: %w", absolute, err)
	}
	var cluster Cluster
	if err := json.Unmarshal(raw, &cluster); err != nil {
		return nil, fmt.Errorf("read %s/cluster.json: %w", absolute, err)
	}
	return &cluster, nil
}

// record notes a component's process. Several commands may start components of one cluster at once, hence the lock and the
// fresh read.
func (c *Cluster) record(name string, identity process.Identity) error {
	lock, err := os.OpenFile(c.Path("cluster.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	if fresh, err := Load(c.Options.Dir); err == nil && fresh.Server == c.Server {
		c.Components = fresh.Components
	}
	c.Components[name] = identity
	raw, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	temporary := c.Path("cluster.json.tmp")
	if err := os.WriteFile(temporary, raw, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, c.Path("cluster.json"))
}

// reload takes over what other commands did to the cluster meanwhile.
func (c *Cluster) reload() {
	if fresh, err := Load(c.Options.Dir); err == nil && fresh.Server == c.Server {
		c.Components = fresh.Components
	}
}
