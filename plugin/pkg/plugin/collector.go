package plugin

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// mostAnswerBytes bounds the memory of one answer. The collector cuts far below and says so in the frame.
const mostAnswerBytes = 64 << 20

// forwardedHeaders are the headers of Grafana's request that the collector may see. Identity is not among them.
var forwardedHeaders = map[string]bool{
	"Fromalert": true, "X-Cache-Skip": true, "X-Grafana-Org-Id": true,
	"X-Rule-Uid": true, "X-Rule-Name": true, "X-Rule-Folder": true, "X-Rule-Source": true, "X-Rule-Type": true, "X-Rule-Version": true,
	"X-Dashboard-Uid": true, "X-Dashboard-Title": true, "X-Panel-Id": true, "X-Panel-Title": true, "X-Query-Group-Id": true,
}

// identityHeaders say who looks. Grafana sends them only when the data source forwards identity or keeps cookies.
var identityHeaders = map[string]bool{"Authorization": true, "X-Id-Token": true}

var requestSeconds = promauto.NewHistogramVec(prometheus.HistogramOpts{
	Namespace: "eventloom",
	Subsystem: "plugin",
	Name:      "collector_request_seconds",
	Help:      "Time until the collector's answer was read, by path and outcome (ok, or the category of the failure).",
	Buckets:   []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 25},
}, []string{"path", "outcome"})

// asker is for whom Grafana asks.
type asker struct {
	headers http.Header
	// isRule says that Grafana's own scheduler asks, for a rule. Grafana's context says so; a header could be any viewer's.
	isRule bool
}

// isScheduler recognizes the user that Grafana makes up to run rules. He has no address; everybody who can sign in has one, if
// only his login.
func isScheduler(user *backend.User) bool {
	return user != nil && user.Login == "grafana_scheduler" && user.Email == "" && user.Role == "Admin"
}

// collector is the collector's API as this data source may use it.
type collector struct {
	// isExposed says that Grafana knows an address too, so that its proxy forwards what viewers send.
	isExposed bool
	base      *url.URL
	answers   *http.Client
	// streams has no timeout over the whole answer.
	streams         *http.Client
	forwardIdentity bool
	basicAuth       bool
	token           string
	serviceToken    string
}

// answer of the collector with status 200 that is not a web page.
type answer struct {
	header http.Header
	body   []byte
}

// ask sends one request below /api/v1/grafana and reads the whole answer.
func (c *collector) ask(ctx context.Context, method, path string, body []byte, from asker) (*answer, *failure) {
	started := time.Now()
	got, failed := c.askUntimed(ctx, method, path, body, from)
	outcome := "ok"
	if failed != nil {
		outcome = string(failed.category)
	}
	requestSeconds.WithLabelValues(path, outcome).Observe(time.Since(started).Seconds())
	return got, failed
}

func (c *collector) askUntimed(ctx context.Context, method, path string, body []byte, from asker) (*answer, *failure) {
	response, failed := c.send(ctx, c.answers, method, path, body, from)
	if failed != nil {
		return nil, failed
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(io.LimitReader(response.Body, mostAnswerBytes+1))
	if err != nil {
		return nil, unreached(err, c.base.Host)
	}
	if len(read) > mostAnswerBytes {
		return nil, downstream(configCategory, backend.StatusBadGateway, fmt.Sprintf("The answer is larger than %d MiB.", mostAnswerBytes>>20),
			"Ask for a shorter range, fewer rows or fewer groups.")
	}
	if response.StatusCode != http.StatusOK {
		return nil, c.refused(response, read)
	}
	if isPage(response, read) {
		return nil, notACollector(backend.StatusBadGateway, c.base.Host)
	}
	return &answer{response.Header, read}, nil
}

// send returns once the header of the answer is there.
func (c *collector) send(ctx context.Context, client *http.Client, method, path string, body []byte, from asker) (*http.Response, *failure) {
	request, err := http.NewRequestWithContext(ctx, method, c.base.JoinPath("api/v1/grafana", path).String(), bytes.NewReader(body))
	if err != nil {
		return nil, wrongSettings(fmt.Sprintf("No request can be made: %v.", err))
	}
	if len(body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, values := range from.headers {
		if forwardedHeaders[name] {
			request.Header[name] = values
		}
	}
	if failed := c.authorize(request, from); failed != nil {
		return nil, failed
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, unreached(err, c.base.Host)
	}
	return response, nil
}

// authorize never takes another identity than the settings say: with forwarded identity, a request without a person's
// token is refused in words, except a rule's, which may use the service token made for that.
func (c *collector) authorize(request *http.Request, from asker) *failure {
	if !c.forwardIdentity {
		if c.token != "" && !c.basicAuth {
			request.Header.Set("Authorization", "Bearer "+c.token)
		}
		return nil
	}
	switch {
	case from.headers.Get("Authorization") != "":
		for name := range identityHeaders {
			if value := from.headers.Get(name); value != "" {
				request.Header.Set(name, value)
			}
		}
		return nil
	case from.isRule && c.serviceToken != "":
		request.Header.Set("Authorization", "Bearer "+c.serviceToken)
		return nil
	case from.isRule:
		return downstream(authCategory, backend.StatusUnauthorized,
			`Alert rules have no signed-in person, and this data source has "Forward OAuth Identity" on.`,
			`Set "Service token for alert rules" in the settings of the data source, or turn "Forward OAuth Identity" off.`)
	default:
		return downstream(authCategory, backend.StatusUnauthorized,
			`This data source has "Forward OAuth Identity" on, and your session has no OAuth token.`,
			"Sign in to Grafana through your identity provider, or use a data source with a token of its own.")
	}
}

// plainHeaders reads the map of a query or health request: some names stand there as they are, some behind "http_".
func plainHeaders(headers map[string]string) http.Header {
	plain := http.Header{}
	for name, value := range headers {
		plain.Set(textproto.CanonicalMIMEHeaderKey(strings.TrimPrefix(name, "http_")), value)
	}
	return plain
}
