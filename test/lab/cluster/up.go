package cluster

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"eventloom.dev/lab/process"
	"eventloom.dev/lab/storage"
)

const (
	// readyTimeout is generous: a busy CI machine needs several times the usual 2 s to 12 s.
	readyTimeout = 90 * time.Second
	// upTries: another cluster on the machine may take a port between choosing and listening.
	upTries = 3
)

// Up starts a cluster in `options.Dir` and returns when it is ready for use. The directory must not hold a running one.
func Up(ctx context.Context, options Options) (*Cluster, error) {
	if problems := options.Validate(); len(problems) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(problems, "\n"))
	}
	absolute, err := filepath.Abs(options.Dir)
	if err != nil {
		return nil, err
	}
	options.Dir = absolute
	if earlier, err := Load(absolute); err == nil {
		for name, identity := range earlier.Components {
			if identity.Alive() {
				return nil, fmt.Errorf("a cluster is running in %s (%s is process %d); stop it with `lab down --dir %s`, or use another --dir",
					absolute, name, identity.Pid, absolute)
			}
		}
		if err := earlier.removeData(); err != nil {
			return nil, err
		}
	}
	for try := 1; ; try++ {
		cluster, err := up(ctx, options)
		if err == nil {
			return cluster, nil
		}
		if cluster != nil {
			if downErr := cluster.Down(); downErr != nil {
				return nil, fmt.Errorf("%w (and then: %w)", err, downErr)
			}
			if try < upTries && strings.Contains(err.Error(), "address already in use") {
				if err := cluster.removeData(); err != nil {
					return nil, err
				}
				continue
			}
		}
		return nil, err
	}
}

func up(ctx context.Context, options Options) (*Cluster, error) {
	if options.ControlPlane == APIServerOnly {
		options.Nodes = 0
	}
	ports, err := choosePorts(options.Nodes)
	if err != nil {
		return nil, err
	}
	c := &Cluster{
		Options: options, Ports: ports,
		Server:     fmt.Sprintf("https://127.0.0.1:%d", ports.APIServer),
		Etcd:       fmt.Sprintf("http://127.0.0.1:%d", ports.Etcd),
		Components: map[string]process.Identity{},
	}
	for _, dir := range []string{"logs", "nodes", "certs"} {
		if err := os.MkdirAll(c.Path(dir), 0o755); err != nil {
			return nil, err
		}
	}
	if err := c.writeIdentities(); err != nil {
		return nil, err
	}
	return c, c.startAll(ctx)
}

func (c *Cluster) startAll(ctx context.Context) error {
	if err := c.Start("etcd"); err != nil {
		return err
	}
	if err := c.waitUntil(ctx, "etcd", readyTimeout, c.etcdReady); err != nil {
		return err
	}
	if err := c.Start("apiserver"); err != nil {
		return err
	}
	if err := c.WaitAPIServer(ctx); err != nil {
		return err
	}
	client, err := c.Client()
	if err != nil {
		return err
	}
	if err := installRoles(ctx, client); err != nil {
		return err
	}
	if c.Options.ControlPlane == APIServerOnly {
		return nil
	}
	if err := storage.Install(ctx, client); err != nil {
		return err
	}
	for _, name := range c.componentNames()[2:] {
		if err := c.Start(name); err != nil {
			return err
		}
	}
	if err := c.waitUntil(ctx, "controller-manager", readyTimeout, defaultAccount(client)); err != nil {
		return err
	}
	for _, node := range c.NodeNames() {
		if err := c.WaitNode(ctx, node); err != nil {
			return err
		}
	}
	return nil
}

// Client is the administrator's, with room for floods.
func (c *Cluster) Client() (*clientset.Clientset, error) {
	config, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig())
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = -1, 0
	return clientset.NewForConfig(config)
}

// WaitComponent waits until a component just started is of use.
func (c *Cluster) WaitComponent(ctx context.Context, name string) error {
	switch {
	case name == "etcd":
		return c.waitUntil(ctx, name, readyTimeout, c.etcdReady)
	case name == "apiserver":
		return c.WaitAPIServer(ctx)
	case strings.HasPrefix(name, "node-"):
		return c.WaitNode(ctx, name)
	}
	return nil
}

// WaitAPIServer waits until the API server says that it is ready.
func (c *Cluster) WaitAPIServer(ctx context.Context) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	return c.waitUntil(ctx, "apiserver", readyTimeout, func(ctx context.Context) error {
		return client.RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
	})
}

// WaitNode waits until a node is Ready and may take pods.
func (c *Cluster) WaitNode(ctx context.Context, name string) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	return c.waitUntil(ctx, name, readyTimeout, func(ctx context.Context) error {
		node, err := client.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		for _, taint := range node.Spec.Taints {
			if taint.Effect != v1.TaintEffectPreferNoSchedule && strings.HasPrefix(taint.Key, "node.kubernetes.io/not-ready") {
				return fmt.Errorf("tainted %s", taint.Key)
			}
		}
		for _, condition := range node.Status.Conditions {
			if condition.Type == v1.NodeReady && condition.Status == v1.ConditionTrue {
				return nil
			}
		}
		return fmt.Errorf("not Ready")
	})
}

func (c *Cluster) etcdReady(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Etcd+"/health", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("etcd answers %s", response.Status)
	}
	return nil
}

// defaultAccount is there once the controllers work; pods of other namespaces can be made from then on.
func defaultAccount(client clientset.Interface) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := client.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{})
		return err
	}
}

// removeData removes what an earlier cluster left in the directory, and only that.
func (c *Cluster) removeData() error {
	for _, name := range []string{"etcd", "logs", "nodes", "certs", "snapshots", "faults.json", "cluster.json"} {
		if err := os.RemoveAll(c.Path(name)); err != nil {
			return err
		}
	}
	return nil
}
