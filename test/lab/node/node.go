// Package node is a node of the lab: the real kubelet over a container runtime that only pretends, and that breaks on order.
package node

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	v1 "k8s.io/api/core/v1"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/record"
	"k8s.io/kubernetes/cmd/kubelet/app/options"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	"k8s.io/kubernetes/pkg/kubelet/cm"
	"k8s.io/kubernetes/pkg/kubemark"

	"eventloom.dev/lab/fault"
)

const (
	// leaseSeconds is short, so that a dead node is noticed within the controller's grace period of 12 s.
	leaseSeconds = 12
	// statusEvery is how often the node's status is sent.
	statusEvery = 4 * time.Second
	// syncEvery is how often a pod that is not settled is looked at again. The default minute would only lengthen scenarios.
	syncEvery = 10 * time.Second
	maxPods   = 250
)

type settings struct {
	name, kubeconfig, rootDir, faults string
	port                              int
	cores                             int
	memoryBytes                       uint64
}

// Run is a kubelet until the process ends.
func Run(args []string) error {
	var s settings
	flags := flag.NewFlagSet("node", flag.ContinueOnError)
	flags.StringVar(&s.name, "name", "", "name of the node")
	flags.StringVar(&s.kubeconfig, "kubeconfig", "", "kubeconfig of the cluster")
	flags.StringVar(&s.rootDir, "root-dir", "", "the kubelet's directory")
	flags.StringVar(&s.faults, "faults", "", "file of the rules in force")
	flags.IntVar(&s.port, "port", 0, "port of the kubelet's server; also decides the pods' addresses")
	flags.IntVar(&s.cores, "cores", 8, "cores of the pretended machine")
	flags.Uint64Var(&s.memoryBytes, "memory-bytes", 16<<30, "memory of the pretended machine")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return s.run(context.Background())
}

func (s settings) run(ctx context.Context) error {
	clientConfig, err := clientcmd.BuildConfigFromFlags("", s.kubeconfig)
	if err != nil {
		return fmt.Errorf("read kubeconfig: %w", err)
	}
	clientConfig.QPS, clientConfig.Burst = 100, 200
	client, err := clientset.NewForConfig(clientConfig)
	if err != nil {
		return err
	}
	heartbeat, err := clientset.NewForConfig(heartbeatConfig(clientConfig))
	if err != nil {
		return err
	}
	// The kubelet's helpers make their temporary directories here, so that nothing is left outside the lab's directory.
	if err := os.MkdirAll(s.rootDir, 0o755); err != nil {
		return err
	}
	if err := os.Setenv("TMPDIR", s.rootDir); err != nil {
		return err
	}

	board := fault.Open(s.faults)
	pods := newPodNetwork(s.name, s.port, board)
	runtime := newScriptedRuntime(s.name, board, client, pods)
	go runtime.act(ctx)
	if err := serveVolumes(s.name, s.rootDir, board); err != nil {
		return fmt.Errorf("serve the volume driver: %w", err)
	}

	flags, config := s.configure()
	hollow := kubemark.NewHollowKubelet(flags, config, client, heartbeat, newMachine(s), newScriptedImages(s.name, board),
		runtime, cm.NewStubContainerManager())
	hollow.KubeletDeps.Recorder = recorderOf(s.name, client)
	hollow.KubeletDeps.ProbeManager = nil // nil makes the kubelet build its real prober
	hollow.Run(ctx)
	return nil
}

func (s settings) configure() (*options.KubeletFlags, *kubeletconfig.KubeletConfiguration) {
	flags, config := kubemark.GetHollowKubeletConfig(&kubemark.HollowKubeletOptions{
		NodeName: s.name, KubeletPort: s.port, MaxPods: maxPods,
	})
	flags.RootDirectory = s.rootDir
	config.PodLogsDir = filepath.Join(s.rootDir, "logs")
	config.Address = "127.0.0.1"
	config.EnableControllerAttachDetach = true // as real clusters have it: attach failures come from the controller
	config.ClusterDNS = []string{"10.0.0.10"}  // without one, every sync adds a MissingClusterDNS event
	config.ImageGCHighThresholdPercent = 100   // off: there is no file system of images to look at, and each try adds an ImageGCFailed
	config.SerializeImagePulls = false
	config.NodeLeaseDurationSeconds = leaseSeconds
	config.NodeStatusUpdateFrequency.Duration = statusEvery
	config.SyncFrequency.Duration = syncEvery
	return flags, config
}

func heartbeatConfig(base *rest.Config) *rest.Config {
	heartbeat := rest.CopyConfig(base)
	heartbeat.Timeout = statusEvery
	heartbeat.QPS = -1
	return heartbeat
}

// recorderOf sends the kubelet's events to the API server. Kubemark's own recorder swallows them.
func recorderOf(node string, client clientset.Interface) record.EventRecorderLogger {
	broadcaster := record.NewBroadcaster()
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	return broadcaster.NewRecorder(scheme.Scheme, v1.EventSource{Component: "kubelet", Host: node})
}
