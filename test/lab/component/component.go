// Package component runs one Kubernetes component in this process. The lab's binary starts itself once for each of them.
package component

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	// Registers the JSON log format and the metrics that the components expect to be there.
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"

	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"

	"eventloom.dev/lab/node"
	"eventloom.dev/lab/storage"
)

// Run is the component named `name` with its own command line. It returns only when the component ends.
func Run(name string, args []string) error {
	exitWithOwner(os.Getenv(OwnerVariable))
	switch kind(name) {
	case "etcd":
		return runEtcd(args)
	case "apiserver":
		return runCommand(apiserver.NewAPIServerCommand(), args)
	case "scheduler":
		return runCommand(scheduler.NewSchedulerCommand(), args)
	case "controller-manager":
		return runCommand(controllermanager.NewControllerManagerCommand(), args)
	case "storage":
		return storage.Run(args)
	case "node":
		return node.Run(args)
	}
	return fmt.Errorf("no component is called %q", name)
}

// kind turns node-1, node-2 … into node.
func kind(name string) string {
	if strings.HasPrefix(name, "node-") {
		return "node"
	}
	return name
}

func runCommand(command *cobra.Command, args []string) error {
	command.SetArgs(args)
	return command.Execute()
}
