// The bridge between Grafana and the Eventloom collector: Grafana loads backend plugins as native gRPC executables.
package main

import (
	"os"

	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"eventloom.dev/plugin/pkg/plugin"
)

// pluginID is the id in plugin.json.
const pluginID = "eventloom-events-datasource"

func main() {
	if err := datasource.Manage(pluginID, plugin.NewInstance, datasource.ManageOpts{}); err != nil {
		log.DefaultLogger.Error("The data source stopped", "error", err)
		os.Exit(1)
	}
}
