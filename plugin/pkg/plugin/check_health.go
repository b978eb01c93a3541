package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// grafanaAPI is the version of the seam between plugin and collector. It changes only when one cannot serve the other.
const grafanaAPI = 1

// collectorHealth is what the collector says of itself.
type collectorHealth struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	GrafanaAPI int    `json:"grafanaApi"`
	Store      struct {
		Kind         string `json:"kind"`
		State        string `json:"state"`
		Observations int64  `json:"observations"`
	} `json:"store"`
	Trouble []string `json:"trouble"`
}

// healthDetails is what the config page shows below the message.
type healthDetails struct {
	Category category `json:"category,omitempty"`
	Hint     string   `json:"hint,omitempty"`
	// VerboseMessage is the key under which Grafana's own pages look for more words.
	VerboseMessage string          `json:"verboseMessage,omitempty"`
	Collector      json.RawMessage `json:"collector,omitempty"`
}

// exposedAdvice is for settings of before version 0.2.
const exposedAdvice = " Its address is still Grafana's own URL of the data source: through it every viewer can send requests of his own to the collector, " +
	"with its credentials. Save the address anew on this page, or in a provisioning file write jsonData.address instead of url. url is read until version 0.3."

// CheckHealth is the button "Save & test".
func (i *Instance) CheckHealth(ctx context.Context, request *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	if i.unusable != nil {
		return unhealthy(i.unusable, nil), nil
	}
	got, failed := i.collector.ask(ctx, http.MethodGet, "health", nil, asker{headers: plainHeaders(request.Headers)})
	if failed != nil {
		return unhealthy(failed, nil), nil
	}
	var health collectorHealth
	if err := json.Unmarshal(got.body, &health); err != nil || health.Name != "eventloom" {
		return unhealthy(notACollector(backend.StatusBadGateway, i.collector.base.Host), nil), nil
	}
	if failed := health.failure(); failed != nil {
		return unhealthy(failed, got.body), nil
	}
	message := fmt.Sprintf("Eventloom %s answers: %d observations in %s.", health.Version, health.Store.Observations, health.Store.Kind)
	if len(health.Trouble) > 0 {
		message += " It reports: " + strings.Join(health.Trouble, " ")
	}
	if i.collector.isExposed {
		message += exposedAdvice
	}
	return healthResult(backend.HealthStatusOk, message, healthDetails{Collector: got.body}), nil
}

func (h collectorHealth) failure() *failure {
	if h.GrafanaAPI != grafanaAPI {
		older := "collector"
		if h.GrafanaAPI > grafanaAPI {
			older = "plugin"
		}
		return downstream(configCategory, backend.StatusNotImplemented,
			fmt.Sprintf("Eventloom %s speaks version %d of the interface, this plugin version %d.", h.Version, h.GrafanaAPI, grafanaAPI),
			fmt.Sprintf("Update the %s.", older))
	}
	if h.Store.State != "ok" {
		return downstream(storageCategory, backend.StatusBadGateway,
			fmt.Sprintf("Eventloom %s answers, but its store (%s) does not: %s.", h.Version, h.Store.Kind, strings.TrimSuffix(h.Store.State, ".")),
			"What was received waits in the collector's buffer. See the collector's log.")
	}
	return nil
}

func unhealthy(failed *failure, collector json.RawMessage) *backend.CheckHealthResult {
	details := healthDetails{failed.category, failed.hint, failed.hint, collector}
	// The same sentences as in Explore, panels and rules.
	return healthResult(backend.HealthStatusError, failed.Error(), details)
}

func healthResult(status backend.HealthStatus, message string, details healthDetails) *backend.CheckHealthResult {
	encoded, err := json.Marshal(details)
	if err != nil {
		encoded = nil
	}
	return &backend.CheckHealthResult{Status: status, Message: message, JSONDetails: encoded}
}
