package record

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"
)

func item(uid, version string) string {
	return fmt.Sprintf(`{"metadata":{"uid":%q,"resourceVersion":%q}}`, uid, version)
}

// aServer answers each request with the next of its answers, and then with nothing until the client goes.
func aServer(t *testing.T, answers ...func(http.ResponseWriter, *http.Request)) (*rest.Config, chan struct{}) {
	t.Helper()
	done, next := make(chan struct{}), 0
	server := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		if next < len(answers) {
			answer := answers[next]
			next++
			answer(response, request)
			return
		}
		if next == len(answers) {
			next++
			close(done)
		}
		<-request.Context().Done()
	}))
	t.Cleanup(server.Close)
	return &rest.Config{Host: server.URL}, done
}

func list(version string, items ...string) func(http.ResponseWriter, *http.Request) {
	return func(response http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(response, `{"metadata":{"resourceVersion":%q},"items":[%s]}`, version, strings.Join(items, ","))
	}
}

func watchOf(lines ...string) func(http.ResponseWriter, *http.Request) {
	return func(response http.ResponseWriter, _ *http.Request) { fmt.Fprint(response, strings.Join(lines, "\n")) }
}

func record(t *testing.T, answers ...func(http.ResponseWriter, *http.Request)) []string {
	t.Helper()
	config, done := aServer(t, answers...)
	var out bytes.Buffer
	recorder, err := NewRecorder(config, &out)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	go func() { <-done; cancel() }()
	if err := recorder.Follow(ctx); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for decoder := json.NewDecoder(&out); decoder.More(); {
		var line struct {
			Type   string
			Object struct {
				Kind     string
				Metadata struct{ UID, ResourceVersion string }
			}
		}
		if err := decoder.Decode(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line.Type+" "+line.Object.Metadata.UID+" "+line.Object.Metadata.ResourceVersion)
	}
	return lines
}

func TestEveryVersionIsWrittenOnce(t *testing.T) {
	lines := record(t,
		list("5", item("a", "1"), item("b", "2")),
		watchOf(`{"type":"MODIFIED","object":`+item("a", "6")+`}`, `{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"7"}}}`),
		func(response http.ResponseWriter, request *http.Request) {
			if from := request.URL.Query().Get("resourceVersion"); from != "7" {
				t.Errorf("the watch goes on at %q", from)
			}
			watchOf(`{"type":"ERROR","object":{"kind":"Status","code":410}}`)(response, request)
		},
		list("9", item("a", "8"), item("b", "2"), item("c", "9")),
	)
	expected := []string{"ADDED a 1", "ADDED b 2", "MODIFIED a 6", "MODIFIED a 8", "ADDED c 9"}
	if !slices.Equal(lines, expected) {
		t.Errorf("got %q", lines)
	}
}

func TestA410AsAnswerLeadsToAList(t *testing.T) {
	gone := func(response http.ResponseWriter, _ *http.Request) { response.WriteHeader(http.StatusGone) }
	away := func(response http.ResponseWriter, _ *http.Request) {
		response.WriteHeader(http.StatusServiceUnavailable)
	}
	lines := record(t, list("5", item("a", "1")), gone, away, list("7", item("a", "1"), item("d", "7")))
	if expected := []string{"ADDED a 1", "ADDED d 7"}; !slices.Equal(lines, expected) {
		t.Errorf("got %q", lines)
	}
}
