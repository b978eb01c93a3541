// Package host starts the plugin's executable and talks to it as Grafana does: go-plugin's handshake, then gRPC.
package host

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

// Host is a running plugin process with a client for each of its services.
type Host struct {
	client      *plugin.Client
	Data        pluginv2.DataClient
	Resource    pluginv2.ResourceClient
	Diagnostics pluginv2.DiagnosticsClient
	Stream      pluginv2.StreamClient
}

// Build compiles the executable under its published name into a directory.
func Build(directory string) (string, error) {
	executable := filepath.Join(directory, "gpx_eventloom_"+runtime.GOOS+"_"+runtime.GOARCH)
	build := exec.Command("go", "build", "-o", executable, "eventloom.dev/plugin/pkg")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return "", errors.New(string(said))
	}
	return executable, nil
}

// Start runs an executable until Stop.
func Start(executable string) (*Host, error) {
	client := plugin.NewClient(&plugin.ClientConfig{
		Cmd: exec.Command(executable),
		HandshakeConfig: plugin.HandshakeConfig{
			ProtocolVersion: grpcplugin.ProtocolVersion, MagicCookieKey: grpcplugin.MagicCookieKey, MagicCookieValue: grpcplugin.MagicCookieValue,
		},
		VersionedPlugins: map[int]plugin.PluginSet{grpcplugin.ProtocolVersion: {
			"data": &grpcplugin.DataGRPCPlugin{}, "resource": &grpcplugin.ResourceGRPCPlugin{},
			"diagnostics": &grpcplugin.DiagnosticsGRPCPlugin{}, "stream": &grpcplugin.StreamGRPCPlugin{},
		}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Logger:           hclog.NewNullLogger(),
	})
	protocol, err := client.Client()
	if err != nil {
		return nil, err
	}
	host := &Host{client: client}
	for name, take := range map[string]func(any) bool{
		"data":        func(raw any) (ok bool) { host.Data, ok = raw.(pluginv2.DataClient); return },
		"resource":    func(raw any) (ok bool) { host.Resource, ok = raw.(pluginv2.ResourceClient); return },
		"diagnostics": func(raw any) (ok bool) { host.Diagnostics, ok = raw.(pluginv2.DiagnosticsClient); return },
		"stream":      func(raw any) (ok bool) { host.Stream, ok = raw.(pluginv2.StreamClient); return },
	} {
		raw, err := protocol.Dispense(name)
		if err != nil {
			return nil, err
		}
		if !take(raw) {
			return nil, errors.New("the plugin's service " + name + " is of an unexpected kind")
		}
	}
	return host, nil
}

// Stop ends the process.
func (h *Host) Stop() { h.client.Kill() }

// Settings of a data source; the zero value of each field is left out.
type Settings struct {
	URL     string
	JSON    map[string]any
	Secrets map[string]string
}

// Each data source is one of its own, so that the plugin makes an instance for it.
var lastID atomic.Int64

// DataSource is a saved data source: the plugin keeps one instance for it.
type DataSource struct {
	host    *Host
	context backend.PluginContext
}

// Add saves a data source.
func (h *Host) Add(settings Settings) *DataSource {
	jsonData, err := json.Marshal(settings.JSON)
	if err != nil {
		panic(err)
	}
	return &DataSource{h, backend.PluginContext{
		OrgID: 1, PluginID: "eventloom-events-datasource",
		DataSourceInstanceSettings: &backend.DataSourceInstanceSettings{
			ID: lastID.Add(1), UID: "eventloom", Name: "Eventloom", Type: "eventloom-events-datasource",
			URL: settings.URL, JSONData: jsonData, DecryptedSecureJSONData: settings.Secrets, Updated: time.Unix(1_700_000_000, 0),
		},
	}}
}

// As is the same data source when somebody else asks.
func (d *DataSource) As(user backend.User) *DataSource {
	asked := *d
	asked.context.User = &user
	return &asked
}

// Query asks queries over a range, each JSON of a query by its refId.
func (d *DataSource) Query(ctx context.Context, queries map[string]string, headers map[string]string, from, to time.Time) (backend.Responses, error) {
	request := &backend.QueryDataRequest{PluginContext: d.context, Headers: headers}
	for refID, text := range queries {
		request.Queries = append(request.Queries, backend.DataQuery{
			RefID: refID, JSON: json.RawMessage(text), Interval: time.Minute, MaxDataPoints: 100,
			TimeRange: backend.TimeRange{From: from, To: to},
		})
	}
	answer, err := d.host.Data.QueryData(ctx, backend.ToProto().QueryDataRequest(request))
	if err != nil {
		return nil, err
	}
	response, err := backend.FromProto().QueryDataResponse(answer)
	if err != nil {
		return nil, err
	}
	return response.Responses, nil
}

// Health presses "Save & test".
func (d *DataSource) Health(ctx context.Context) (*backend.CheckHealthResult, error) {
	answer, err := d.host.Diagnostics.CheckHealth(ctx, &pluginv2.CheckHealthRequest{PluginContext: backend.ToProto().PluginContext(d.context)})
	if err != nil {
		return nil, err
	}
	return backend.FromProto().CheckHealthResponse(answer), nil
}

// Call asks a resource.
func (d *DataSource) Call(ctx context.Context, method, path string, body []byte) (*backend.CallResourceResponse, error) {
	return d.CallWith(ctx, method, path, body, nil)
}

// CallWith calls a resource with headers, which Grafana takes from the browser's request as they are.
func (d *DataSource) CallWith(ctx context.Context, method, path string, body []byte, headers map[string][]string) (*backend.CallResourceResponse, error) {
	stream, err := d.host.Resource.CallResource(ctx, backend.ToProto().CallResourceRequest(&backend.CallResourceRequest{
		PluginContext: d.context, Method: method, Path: path, URL: path, Body: body, Headers: headers,
	}))
	if err != nil {
		return nil, err
	}
	answer, err := stream.Recv()
	if err != nil {
		return nil, err
	}
	return backend.FromProto().CallResourceResponse(answer), nil
}

// Subscribe asks to join a live channel.
func (d *DataSource) Subscribe(ctx context.Context, path string, data []byte) (*pluginv2.SubscribeStreamResponse, error) {
	return d.host.Stream.SubscribeStream(ctx, &pluginv2.SubscribeStreamRequest{
		PluginContext: backend.ToProto().PluginContext(d.context), Path: path, Data: data,
	})
}

// Run starts a live channel; packets arrive until ctx ends.
func (d *DataSource) Run(ctx context.Context, path string, data []byte) (<-chan []byte, error) {
	stream, err := d.host.Stream.RunStream(ctx, &pluginv2.RunStreamRequest{
		PluginContext: backend.ToProto().PluginContext(d.context), Path: path, Data: data,
	})
	if err != nil {
		return nil, err
	}
	packets := make(chan []byte, 100)
	go func() {
		defer close(packets)
		for {
			packet, err := stream.Recv()
			if errors.Is(err, io.EOF) || err != nil {
				return
			}
			packets <- packet.Data
		}
	}()
	return packets, nil
}
