// Package storage is the control half of the lab's CSI driver: it provisions and attaches volumes as the sidecars of a real
// driver do, and fails or falls silent while a rule says so. No data is ever stored.
package storage

import (
	"context"
	"flag"
	"fmt"
	"time"

	v1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/record"
	"k8s.io/klog/v2"

	"eventloom.dev/lab/fault"
)

const (
	// Driver is the name of the CSI driver and of the provisioner that storage classes give.
	Driver = "disk.lab.eventloom.dev"
	// ClassKey and ClaimKey carry class and claim in the volume's context to the node, so that rules match there too.
	ClassKey, ClaimKey = "storageClass", "claim"

	lookEvery = 300 * time.Millisecond
	// retryAfter is the pause after a failed attempt, before it doubles; real sidecars start at 1 s as well.
	retryAfter    = time.Second
	retryAfterMax = 30 * time.Second
)

// Concerns says whether a rule is about the volume of `claim` in `class`. An unknown node (while provisioning) matches any.
func Concerns(rule fault.Volumes, class, claim, node string) bool {
	return fault.Match(rule.StorageClass, class) && fault.Match(rule.Claim, claim) && (node == "" || fault.Match(rule.Node, node))
}

type driver struct {
	client   clientset.Interface
	board    *fault.Board
	recorder record.EventRecorder
	attempts attempts
	told     map[string]bool // claims whose provisioning was announced
}

// Run serves volumes until the process ends.
func Run(args []string) error {
	flags := flag.NewFlagSet("storage", flag.ContinueOnError)
	kubeconfig := flags.String("kubeconfig", "", "kubeconfig of the cluster")
	faults := flags.String("faults", "", "file of the rules in force")
	if err := flags.Parse(args); err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return fmt.Errorf("read kubeconfig: %w", err)
	}
	config.QPS, config.Burst = 50, 100
	client, err := clientset.NewForConfig(config)
	if err != nil {
		return err
	}
	broadcaster := record.NewBroadcaster()
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	d := &driver{
		client: client, board: fault.Open(*faults), attempts: attempts{}, told: map[string]bool{},
		recorder: broadcaster.NewRecorder(scheme.Scheme, v1.EventSource{Component: Driver + "_controller-0"}),
	}
	d.look(context.Background())
	return nil
}

// look goes over all claims and attachments again and again. A lab has few of them; a failed look is only logged, since the
// API server may be down on purpose.
func (d *driver) look(ctx context.Context) {
	for ; ; time.Sleep(lookEvery) {
		if err := d.provisionAll(ctx); err != nil {
			klog.ErrorS(err, "provision volumes")
		}
		if err := d.attachAll(ctx); err != nil {
			klog.ErrorS(err, "attach volumes")
		}
	}
}

// ruleFor is the first rule that has something to say about a step of this volume.
func (d *driver) ruleFor(class, claim, node string, step func(fault.Volumes) string) *fault.Volumes {
	for _, rule := range d.board.Rules() {
		if rule.Volumes != nil && step(*rule.Volumes) != "" && Concerns(*rule.Volumes, class, claim, node) {
			return rule.Volumes
		}
	}
	return nil
}

// Install creates the driver's object and the two storage classes of the lab: standard (the default) and fast.
func Install(ctx context.Context, client clientset.Interface) error {
	attach, podInfo := true, false
	_, err := client.StorageV1().CSIDrivers().Create(ctx, &storagev1.CSIDriver{
		ObjectMeta: metav1.ObjectMeta{Name: Driver},
		Spec:       storagev1.CSIDriverSpec{AttachRequired: &attach, PodInfoOnMount: &podInfo},
	}, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create the CSI driver: %w", err)
	}
	for _, name := range []string{"standard", "fast"} {
		class := &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Provisioner: Driver}
		if name == "standard" {
			class.Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
		}
		_, err := client.StorageV1().StorageClasses().Create(ctx, class, metav1.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("create storage class %s: %w", name, err)
		}
	}
	return nil
}
