package node

import (
	"context"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/klog/v2"
)

const (
	// runForAnnotation on a pod says how long its containers run before they end with code 0.
	runForAnnotation = "lab.eventloom.dev/run-for"
	// jobRunFor is that time for pods that are meant to end and do not say it.
	jobRunFor = 2 * time.Second
	// initRunFor is the same for init containers.
	initRunFor = 300 * time.Millisecond
	// askTimeout bounds the question to an API server that may be down.
	askTimeout = 2 * time.Second
)

// podScript is what the runtime needs of a pod beyond what the kubelet hands over.
type podScript struct {
	ports  map[string][]int         // by container: where it answers
	runFor map[string]time.Duration // by container: only for those that end by themselves
}

// podSpecs remembers the scripts of the node's pods. It is never cleaned: a lab's life is short.
type podSpecs struct {
	client clientset.Interface
	mutex  sync.Mutex
	byUID  map[string]podScript
}

func newPodSpecs(client clientset.Interface) *podSpecs {
	return &podSpecs{client: client, byUID: map[string]podScript{}}
}

func (p *podSpecs) of(uid string) podScript {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.byUID[uid]
}

// learn asks the API server for the pod once. If that fails, the pod has no ports and never ends.
func (p *podSpecs) learn(ctx context.Context, namespace, name, uid string) {
	if p.of(uid).ports != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	pod, err := p.client.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		klog.ErrorS(err, "read a pod's ports", "pod", namespace+"/"+name)
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.byUID[uid] = scriptOf(pod)
}

func scriptOf(pod *v1.Pod) podScript {
	script := podScript{ports: map[string][]int{}, runFor: map[string]time.Duration{}}
	for _, container := range pod.Spec.Containers {
		script.ports[container.Name] = portsOf(container)
		if length, err := time.ParseDuration(pod.Annotations[runForAnnotation]); err == nil {
			script.runFor[container.Name] = length
		} else if pod.Spec.RestartPolicy != v1.RestartPolicyAlways {
			script.runFor[container.Name] = jobRunFor
		}
	}
	for _, container := range pod.Spec.InitContainers {
		if container.RestartPolicy == nil { // a sidecar has one and goes on
			script.runFor[container.Name] = initRunFor
		}
	}
	return script
}

// portsOf are the ports a container declares, and those its probes ask.
func portsOf(container v1.Container) []int {
	ports := map[int]bool{}
	for _, port := range container.Ports {
		ports[int(port.ContainerPort)] = true
	}
	for _, probe := range []*v1.Probe{container.LivenessProbe, container.ReadinessProbe, container.StartupProbe} {
		if probe == nil {
			continue
		}
		if probe.HTTPGet != nil && probe.HTTPGet.Port.Type == intstr.Int {
			ports[probe.HTTPGet.Port.IntValue()] = true
		}
		if probe.TCPSocket != nil && probe.TCPSocket.Port.Type == intstr.Int {
			ports[probe.TCPSocket.Port.IntValue()] = true
		}
	}
	numbers := make([]int, 0, len(ports))
	for port := range ports {
		numbers = append(numbers, port)
	}
	return numbers
}
