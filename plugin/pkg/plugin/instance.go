// Package plugin forwards what Grafana asks to the collector, and says in words what went wrong on the way.
//
// What a query means is the collector's to know: a new query type needs no change here.
package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
)

// answerTimeout is below the 30 s after which Grafana gives up an alert query: so people read our words, not its.
const answerTimeout = 25 * time.Second

// Instance is one configured data source. Grafana makes a new one whenever the settings change.
type Instance struct {
	collector *collector
	// unusable says why no request can be made with these settings; nil when one can.
	unusable *failure
	tails    *tailPositions
	// heartbeat is how long a live tail may be silent before it is opened again.
	heartbeat time.Duration
}

var (
	_ backend.QueryDataHandler    = (*Instance)(nil)
	_ backend.CheckHealthHandler  = (*Instance)(nil)
	_ backend.CallResourceHandler = (*Instance)(nil)
	_ backend.StreamHandler       = (*Instance)(nil)
	_ instancemgmt.Instance       = (*Instance)(nil)
)

// NewInstance makes an instance without asking the collector anything. Wrong settings are no error here, since Grafana
// would show that as "An error occurred within the plugin": they are told by each answer and by the health check.
func NewInstance(ctx context.Context, settings backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
	instance := &Instance{tails: newTailPositions(time.Now), heartbeat: tailSilence}
	instance.collector, instance.unusable = newCollector(ctx, settings)
	return instance, nil
}

// Dispose is called once no request uses the instance any more.
func (i *Instance) Dispose() {
	if i.collector != nil {
		i.collector.answers.CloseIdleConnections()
		i.collector.streams.CloseIdleConnections()
	}
}

// options are the settings that the SDK does not read itself.
type options struct {
	// Address of the collector. It is not the URL that Grafana knows of a data source: through that, Grafana's own proxy lets every
	// viewer send requests of his own, with the credentials of the data source.
	Address string `json:"address"`
	// OAuthPassThru sends the token of the person who looks, instead of one of the data source.
	OAuthPassThru bool `json:"oauthPassThru"`
}

func newCollector(ctx context.Context, settings backend.DataSourceInstanceSettings) (c *collector, broken *failure) {
	// The SDK asserts the types of some settings, and a provisioned file may hold any.
	defer func() {
		if cause := recover(); cause != nil {
			c, broken = nil, wrongSettings(fmt.Sprintf("The settings of the data source cannot be read: %v.", cause))
		}
	}()
	var own options
	if err := json.Unmarshal(orEmpty(settings.JSONData), &own); err != nil {
		return nil, wrongSettings(fmt.Sprintf("The settings of the data source (jsonData) cannot be read: %v.", err))
	}
	// Settings of before version 0.2 have the address there; it is read until version 0.3.
	address := own.Address
	if address == "" {
		address = settings.URL
	}
	base, broken := collectorAddress(address)
	if broken != nil {
		return nil, broken
	}
	client, err := settings.HTTPClientOptions(ctx)
	if err != nil {
		return nil, wrongSettings(fmt.Sprintf("The settings of the data source cannot be read: %v.", err))
	}
	answers, err := newClient(client, shorter(client.Timeouts.Timeout))
	if err != nil {
		return nil, wrongCertificates(err)
	}
	streams, err := newClient(client, 0)
	if err != nil {
		return nil, wrongCertificates(err)
	}
	secrets := settings.DecryptedSecureJSONData
	return &collector{
		base: base, answers: answers, streams: streams, isExposed: settings.URL != "",
		forwardIdentity: own.OAuthPassThru, basicAuth: client.BasicAuth != nil,
		token: strings.TrimSpace(secrets["token"]), serviceToken: strings.TrimSpace(secrets["serviceToken"]),
	}, nil
}

func collectorAddress(address string) (*url.URL, *failure) {
	if address == "" {
		return nil, wrongSettings("No URL is set. Enter the address of the collector, for example http://eventloom:8085.")
	}
	if !strings.Contains(address, "://") {
		return nil, wrongSettings(fmt.Sprintf("%q is no address of a collector: it begins with neither http:// nor https://. Write http://%s.", address, address))
	}
	base, err := url.Parse(address)
	if err == nil && base.User != nil {
		return nil, wrongSettings("The URL holds a user or password, which everybody who may see the settings can read. Choose basic authentication and enter them there.")
	}
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" {
		return nil, wrongSettings(fmt.Sprintf("%q is no address of a collector. Write it like http://eventloom:8085.", address))
	}
	return base, nil
}

func newClient(opts httpclient.Options, timeout time.Duration) (*http.Client, error) {
	timeouts := *opts.Timeouts
	timeouts.Timeout = timeout
	opts.Timeouts = &timeouts
	client, err := httpclient.New(opts)
	if err != nil {
		return nil, err
	}
	// The SDK adds credentials to every hop, and a redirect may lead to another host.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client, nil
}

func shorter(configured time.Duration) time.Duration {
	if configured <= 0 {
		return answerTimeout
	}
	return min(configured, answerTimeout)
}

func orEmpty(text []byte) []byte {
	if len(text) == 0 {
		return []byte("{}")
	}
	return text
}
