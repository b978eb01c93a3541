// The lab: a real Kubernetes cluster on this machine, with faults on order. See docs/lab.md.
package main

import (
	"os"

	"eventloom.dev/lab/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:])) }
