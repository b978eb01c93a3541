// The lab: a real Kubernetes cluster on this machine, with faults on order. See docs/lab.md.
package main

import (
	_ "embed"
	"os"

	"eventloom.dev/lab/cli"
)

//go:embed scenario.schema.json
var scenarioSchema []byte

func main() { os.Exit(cli.Run(os.Args[1:], scenarioSchema)) }
