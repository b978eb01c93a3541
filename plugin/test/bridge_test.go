package test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"eventloom.dev/plugin/test/host"
)

var (
	plugin *host.Host
	to     = time.Unix(1_700_000_000, 0)
	from   = to.Add(-time.Hour)
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	directory, err := os.MkdirTemp("", "eventloom-plugin-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(directory) }()
	executable, err := host.Build(directory)
	if err != nil {
		panic(err)
	}
	if plugin, err = host.Start(executable); err != nil {
		panic(err)
	}
	defer plugin.Stop()
	return m.Run()
}

const oneFrame = `{"schema":{"fields":[{"name":"value","type":"number","typeInfo":{"frame":"float64"}}]},"data":{"values":[[7]]}}`

func results(byRefID string) string { return `{"results":{` + byRefID + `}}` }

// says is a collector that always gives one answer.
func says(t *testing.T, status int, contentType, body string) *httptest.Server {
	t.Helper()
	return serve(t, func(response http.ResponseWriter, _ *http.Request) {
		response.Header().Set("Content-Type", contentType)
		response.WriteHeader(status)
		_, _ = io.WriteString(response, body)
	})
}

func serve(t testing.TB, handle http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return server
}

func ask(t *testing.T, source *host.DataSource, queries map[string]string, headers map[string]string) backend.Responses {
	t.Helper()
	responses, err := source.Query(t.Context(), queries, headers, from, to)
	if err != nil {
		t.Fatalf("the call itself failed, which Grafana shows as an error within the plugin: %v", err)
	}
	return responses
}

// The user that Grafana makes up for its rules, as it reaches plugins, and one who signed in.
var (
	scheduler = backend.User{Login: "grafana_scheduler", Name: "grafana_scheduler", Role: "Admin"}
	person    = backend.User{Login: "ada", Name: "Ada", Email: "ada@example.org", Role: "Viewer"}
)

var oneQuery = map[string]string{"A": `{"refId":"A"}`}

func TestEveryFailureIsTheAnswerOfEachQueryWithItsSourceAndAWayOut(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for _, c := range []struct {
		name, url string
		source    backend.ErrorSource
		words     []string
	}{
		{"nobody listens", closed.URL, "downstream", []string{"cannot be reached", "refused", "as seen from the Grafana server"}},
		{"no URL", "", "downstream", []string{"No URL is set"}},
		{"not a URL", "eventloom:8085", "downstream", []string{"is no address of a collector"}},
		{"wrong token", says(t, 401, "application/problem+json", `{"detail":"The token is wrong."}`).URL, "downstream", []string{"401", "The token is wrong.", "api.tokenFile"}},
		{"web page of a proxy", says(t, 200, "text/html", "<html>Sign in</html>").URL, "downstream", []string{"web page", "proxy"}},
		{"bad gateway page", says(t, 502, "text/html", "<html>Bad gateway</html>").URL, "downstream", []string{"web page"}},
		{"older collector", says(t, 404, "application/problem+json", `{"detail":"Nothing here."}`).URL, "downstream", []string{"/api/v1/grafana", "Update the collector"}},
		{"overloaded", says(t, 429, "application/problem+json", `{"detail":"9 of 8 queries run."}`).URL, "downstream", []string{"too many queries", "9 of 8"}},
		{"store away", says(t, 503, "application/problem+json", `{"detail":"Elasticsearch is away."}`).URL, "downstream", []string{"Elasticsearch is away."}},
		{"cut JSON", says(t, 200, "application/json", `{"results":{"A":`).URL, "plugin", []string{"cannot be read", "same version"}},
		{"unknown key", says(t, 200, "application/json", `{"answers":{}}`).URL, "plugin", []string{"no result for query A"}},
		{"data before schema", says(t, 200, "application/json", results(`"A":{"status":200,"frames":[{"data":{"values":[[1]]},"schema":{"fields":[]}}]}`)).URL, "plugin", []string{"cannot be read"}},
		{"redirect", serve(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://login.example/", http.StatusFound)
		}).URL, "downstream", []string{"redirects to", "login.example"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := ask(t, plugin.Add(host.Settings{URL: c.url}), map[string]string{"A": `{}`, "B": `{}`}, nil)
			for _, refID := range []string{"A", "B"} {
				got, ok := answer[refID]
				if !ok || got.Error == nil {
					t.Fatalf("query %s has no error: %+v", refID, got)
				}
				if refID == "B" {
					continue
				}
				if got.ErrorSource != c.source {
					t.Errorf("source is %s, want %s (%v)", got.ErrorSource, c.source, got.Error)
				}
				if got.Status < 400 {
					t.Errorf("status is %d", got.Status)
				}
				for _, word := range c.words {
					if !strings.Contains(got.Error.Error(), word) {
						t.Errorf("%q does not say %q", got.Error, word)
					}
				}
			}
		})
	}
}

func TestOneBadQueryOrFrameLeavesItsNeighbourAlone(t *testing.T) {
	bad := `{"schema":{"fields":[{"name":"value","type":"number","typeInfo":{"frame":"float64"}}]},"data":{"entities":[{"NaN":[0]}],"values":[[7]]}}`
	server := says(t, 200, "application/json", results(`"A":{"status":200,"frames":[`+oneFrame+`]},"B":{"status":200,"frames":[`+bad+`]},"C":{"status":400,"error":"No such field."}`))
	answer := ask(t, plugin.Add(host.Settings{URL: server.URL}), map[string]string{"A": `{}`, "B": `{}`, "C": `{}`, "D": `[1]`}, nil)
	if got := answer["A"]; got.Error != nil || len(got.Frames) != 1 || got.Frames[0].At(0, 0) != 7.0 {
		t.Errorf("the good query was not answered: %+v", got)
	}
	if got := answer["B"]; got.Error == nil || got.ErrorSource != backend.ErrorSourcePlugin {
		t.Errorf("a frame the decoder refuses must be told as ours: %+v", got)
	}
	if got := answer["C"]; got.Error == nil || got.Error.Error() != "No such field." || got.ErrorSource != backend.ErrorSourceDownstream || got.Status != 400 {
		t.Errorf("the collector's own refusal must arrive as it is: %+v", got)
	}
	if got := answer["D"]; got.Error == nil || !strings.Contains(got.Error.Error(), "no JSON object") {
		t.Errorf("a query that is no object must be told: %+v", got)
	}
}

func TestWhatReachesTheCollector(t *testing.T) {
	var mutex sync.Mutex
	var body map[string]any
	var headers http.Header
	server := serve(t, func(response http.ResponseWriter, request *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		headers = request.Header.Clone()
		body = nil
		_ = json.NewDecoder(request.Body).Decode(&body)
		response.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(response, results(`"A":{"status":200,"frames":[]}`))
	})
	sent := map[string]string{"FromAlert": "true", "X-Cache-Skip": "true", "http_X-Rule-Uid": "rule1", "http_X-Dashboard-Uid": "d1", "http_Authorization": "Bearer person", "http_X-Grafana-Id": "secret", "http_Cookie": "a=b"}
	t.Run("range, interval and the query as stored", func(t *testing.T) {
		ask(t, plugin.Add(host.Settings{URL: server.URL}), map[string]string{"A": `{"refId":"old","metric":"active","big":12345678901234567890}`}, sent)
		query := body["queries"].([]any)[0].(map[string]any)
		want := map[string]any{"refId": "A", "metric": "active", "intervalMs": 60000.0, "maxDataPoints": 100.0, "timeRange": map[string]any{"from": float64(from.UnixMilli()), "to": float64(to.UnixMilli())}}
		for key, value := range want {
			if fmt.Sprint(query[key]) != fmt.Sprint(value) {
				t.Errorf("%s is %v, want %v", key, query[key], value)
			}
		}
	})
	t.Run("rule, dashboard and cache headers, but nobody's identity", func(t *testing.T) {
		for name, want := range map[string]string{"FromAlert": "true", "X-Cache-Skip": "true", "X-Rule-Uid": "rule1", "X-Dashboard-Uid": "d1", "Authorization": "", "X-Grafana-Id": "", "Cookie": ""} {
			if got := headers.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	})
	for _, c := range []struct {
		name     string
		settings host.Settings
		sent     map[string]string
		user     backend.User
		want     string
	}{
		{"a bearer token", host.Settings{Secrets: map[string]string{"token": "t1"}}, nil, person, "Bearer t1"},
		{"basic auth", host.Settings{JSON: map[string]any{"basicAuth": true, "basicAuthUser": "u"}, Secrets: map[string]string{"basicAuthPassword": "p"}}, nil, person, "Basic dTpw"},
		{"a custom header", host.Settings{JSON: map[string]any{"httpHeaderName1": "Authorization"}, Secrets: map[string]string{"httpHeaderValue1": "Custom x"}}, nil, person, "Custom x"},
		{"the person's token", host.Settings{JSON: map[string]any{"oauthPassThru": true}, Secrets: map[string]string{"token": "t1"}}, sent, person, "Bearer person"},
		{"the service token in an alert", host.Settings{JSON: map[string]any{"oauthPassThru": true}, Secrets: map[string]string{"token": "t1", "serviceToken": "s1"}}, map[string]string{"FromAlert": "true"}, scheduler, "Bearer s1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.settings.URL = server.URL
			if got := ask(t, plugin.Add(c.settings).As(c.user), oneQuery, c.sent)["A"]; got.Error != nil {
				t.Fatal(got.Error)
			}
			if got := headers.Get("Authorization"); got != c.want {
				t.Errorf("Authorization is %q, want %q", got, c.want)
			}
		})
	}
}

func TestForwardedIdentityIsNeverReplacedInSilence(t *testing.T) {
	server := serve(t, func(http.ResponseWriter, *http.Request) {
		t.Error("a request without a person's token left the plugin")
	})
	settings := host.Settings{URL: server.URL, JSON: map[string]any{"oauthPassThru": true}, Secrets: map[string]string{"token": "t1"}}
	settingsWithService := settings
	settingsWithService.Secrets = map[string]string{"token": "t1", "serviceToken": "s1"}
	namesake := person
	namesake.Login = scheduler.Login
	for _, c := range []struct {
		name     string
		settings host.Settings
		user     backend.User
		headers  map[string]string
	}{
		{"in an alert", settings, scheduler, map[string]string{"FromAlert": "true"}},
		{"in a panel", settingsWithService, person, nil},
		{"in a panel that says it is an alert", settingsWithService, person, map[string]string{"FromAlert": "true", "http_FromAlert": "true", "http_X-Rule-Uid": "r1"}},
		{"of a person with the scheduler's login", settingsWithService, namesake, map[string]string{"FromAlert": "true"}},
		{"of a public dashboard that says it is an alert", settingsWithService, backend.User{}, map[string]string{"FromAlert": "true"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ask(t, plugin.Add(c.settings).As(c.user), oneQuery, c.headers)["A"]
			if got.Error == nil || got.ErrorSource != backend.ErrorSourceDownstream || got.Status != 401 || !strings.Contains(got.Error.Error(), "Forward OAuth Identity") {
				t.Errorf("want a downstream error that names the setting, got %+v", got)
			}
		})
	}
	for name, user := range map[string]backend.User{"person": person, "scheduler": scheduler} {
		t.Run("in an editor of a "+name+" that says it is an alert", func(t *testing.T) {
			got, err := plugin.Add(settingsWithService).As(user).CallWith(t.Context(), http.MethodGet, "health", nil, map[string][]string{"FromAlert": {"true"}})
			if err != nil {
				t.Fatal(err)
			}
			if got.Status != http.StatusUnauthorized {
				t.Errorf("the status is %d, want 401", got.Status)
			}
		})
	}
}

func TestTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(response http.ResponseWriter, _ *http.Request) {
		response.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(response, results(`"A":{"status":200,"frames":[`+oneFrame+`]}`))
	}))
	t.Cleanup(server.Close)
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	for _, c := range []struct {
		name, url, ca, words string
	}{
		{"the CA of the settings is trusted", server.URL, ca, ""},
		{"an unknown CA is refused in words", server.URL, "", "paste the CA certificate"},
		{"a CA that is no PEM is refused in words", server.URL, "nonsense", "PEM"},
		{"https to a plain server is told", strings.Replace(says(t, 200, "application/json", "{}").URL, "http:", "https:", 1), "", "Begin the URL with http://"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := plugin.Add(host.Settings{URL: c.url, JSON: map[string]any{"tlsAuthWithCACert": c.ca != ""}, Secrets: map[string]string{"tlsCACert": c.ca}})
			got := ask(t, source, oneQuery, nil)["A"]
			if c.words == "" && got.Error != nil || c.words != "" && (got.Error == nil || !strings.Contains(got.Error.Error(), c.words)) {
				t.Errorf("got %v, want %q", got.Error, c.words)
			}
		})
	}
}

func TestASlowCollectorIsATimeoutInOurWords(t *testing.T) {
	server := serve(t, func(_ http.ResponseWriter, request *http.Request) {
		select {
		case <-request.Context().Done():
		case <-time.After(5 * time.Second):
		}
	})
	got := ask(t, plugin.Add(host.Settings{URL: server.URL, JSON: map[string]any{"timeout": 1}}), oneQuery, nil)["A"]
	if got.Error == nil || got.Status != 504 || !strings.Contains(got.Error.Error(), "did not answer in time") {
		t.Errorf("got %d %v", got.Status, got.Error)
	}
}

func TestHealth(t *testing.T) {
	healthy := `{"name":"eventloom","version":"0.1.0","grafanaApi":1,"store":{"kind":"DuckDB","state":"ok","observations":42},"trouble":[]}`
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for _, c := range []struct {
		name, url, category, words string
	}{
		{"a good collector", says(t, 200, "application/json", healthy).URL, "", "42 observations in DuckDB"},
		{"a newer interface", says(t, 200, "application/json", strings.Replace(healthy, `Api":1`, `Api":2`, 1)).URL, "config", "version 2 of the interface, this plugin version 1"},
		{"a store that is away", says(t, 200, "application/json", strings.Replace(healthy, `"ok"`, `"no answer"`, 1)).URL, "storage", "no answer"},
		{"another server", says(t, 200, "application/json", `{"name":"other"}`).URL, "config", "not as a collector"},
		{"no permission", says(t, 403, "application/json", `{}`).URL, "auth", "403"},
		{"nobody there", closed.URL, "network", "cannot be reached"},
		{"no URL", "", "config", "No URL is set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := plugin.Add(host.Settings{URL: c.url}).Health(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var details struct{ Category, Hint string }
			if err := json.Unmarshal(got.JSONDetails, &details); err != nil {
				t.Fatal(err)
			}
			if details.Category != c.category || !strings.Contains(got.Message, c.words) || (c.category != "" && details.Hint == "") {
				t.Errorf("got %q (%+v), want %q in category %q", got.Message, details, c.words, c.category)
			}
			if (got.Status == backend.HealthStatusOk) != (c.category == "") {
				t.Errorf("status is %s", got.Status)
			}
		})
	}
}

func TestResources(t *testing.T) {
	server := serve(t, func(response http.ResponseWriter, request *http.Request) {
		response.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(response, "%q", request.Method+" "+request.URL.Path)
	})
	source := plugin.Add(host.Settings{URL: server.URL + "/base/"})
	for _, c := range []struct {
		method, path string
		status       int
		words        string
	}{
		{"POST", "complete", 200, "POST /base/api/v1/grafana/complete"},
		{"GET", "health", 200, "GET /base/api/v1/grafana/health"},
		{"GET", "complete", 405, "asked with POST"},
		{"POST", "query", 404, "no resource"},
		{"POST", "complete/../query", 404, "no resource"},
		{"POST", "/complete", 404, "no resource"},
		{"POST", "complete?x=1", 404, "no resource"},
		{"GET", "../../../metrics", 404, "no resource"},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			got, err := source.Call(t.Context(), c.method, c.path, []byte(`{}`))
			if err != nil {
				t.Fatal(err)
			}
			if got.Status != c.status || !strings.Contains(string(got.Body), c.words) {
				t.Errorf("got %d %s, want %d %q", got.Status, got.Body, c.status, c.words)
			}
		})
	}
}

func tailAddress(query string) (string, []byte) {
	sum := sha256.Sum256([]byte(query))
	address, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		panic(err)
	}
	return "tail/" + hex.EncodeToString(sum[:])[:40], address
}

// tailLines are a schema, then rows with cursors, then the end of the connection.
func tailFrame(bodies ...string) string {
	frame := data.NewFrame("", data.NewField("timestamp", nil, make([]time.Time, len(bodies))), data.NewField("body", nil, bodies))
	text, err := json.Marshal(frame)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestALiveTailResumesWhereItStopped(t *testing.T) {
	var mutex sync.Mutex
	var asked []string
	server := serve(t, func(response http.ResponseWriter, request *http.Request) {
		var body struct{ After string }
		_ = json.NewDecoder(request.Body).Decode(&body)
		mutex.Lock()
		asked = append(asked, body.After)
		mutex.Unlock()
		next := body.After + "x"
		_, _ = fmt.Fprintf(response, "{\"frame\":%s}\n{\"frame\":%s,\"cursor\":%q}\n", tailFrame(), tailFrame("row "+next), next)
	})
	source := plugin.Add(host.Settings{URL: server.URL})
	path, address := tailAddress(`{"queryType":"events"}`)
	joined, err := source.Subscribe(t.Context(), path, address)
	if err != nil || joined.Status != 0 || !strings.Contains(string(joined.Data), `"body"`) {
		t.Fatalf("a viewer must get the schema: %v %+v", err, joined)
	}
	run := func() {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		packets, err := source.Run(ctx, path, address)
		if err != nil {
			t.Fatal(err)
		}
		for rows := 0; rows < 2; {
			packet, open := <-packets
			if !open {
				t.Fatal("the tail ended")
			}
			if strings.Contains(string(packet), "row ") {
				rows++
			}
		}
	}
	run()
	// Grafana starts a stream anew without a word: the position must outlive the run.
	run()
	mutex.Lock()
	defer mutex.Unlock()
	if len(asked) < 4 || asked[1] != "" || asked[2] != "x" || asked[3] == "" {
		t.Errorf("connections began behind %q", asked)
	}
}

func TestWhoMayJoinALiveTail(t *testing.T) {
	path, address := tailAddress(`{"queryType":"events"}`)
	refusing := says(t, 400, "application/problem+json", `{"detail":"A live tail needs query type events."}`)
	source := plugin.Add(host.Settings{URL: refusing.URL})
	_, foreign := tailAddress(`{"queryType":"events","filter":{"text":"namespace:secret"}}`)
	for _, c := range []struct {
		name, path string
		data       []byte
		status     int32
		words      string
	}{
		{"another query than the path's is denied", path, foreign, 2, ""},
		{"no data is denied", path, nil, 2, ""},
		{"an unknown channel is not found", "other/x", address, 1, ""},
		{"a refusal of the collector is a row that says why", path, address, 0, "A live tail needs query type events."},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := source.Subscribe(t.Context(), c.path, c.data)
			if err != nil || int32(got.Status) != c.status || !strings.Contains(string(got.Data), c.words) {
				t.Errorf("got %v %+v", err, got)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	const healthy = `{"name":"eventloom","version":"0.1.0","grafanaApi":1,"store":{"kind":"DuckDB","state":"ok","observations":42},"trouble":[]}`
	server := says(t, 200, "application/json", healthy)
	health := func(settings host.Settings) string {
		got, err := plugin.Add(settings).Health(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return got.Message
	}
	t.Run("is a setting of ours, which Grafana's proxy does not know", func(t *testing.T) {
		message := health(host.Settings{JSON: map[string]any{"address": server.URL}})
		if !strings.Contains(message, "42 observations") || strings.Contains(message, "viewer") {
			t.Error(message)
		}
	})
	t.Run("of older settings is read still, with a warning and the way out", func(t *testing.T) {
		message := health(host.Settings{URL: server.URL})
		if !strings.Contains(message, "42 observations") || !strings.Contains(message, "jsonData.address instead of url") {
			t.Error(message)
		}
	})
}
