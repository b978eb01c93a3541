package test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"eventloom.dev/plugin/test/host"
)

const collectorToken = "a-token-of-this-test"

// realCollector plays the shipped recording on a free port.
type realCollector struct {
	process *exec.Cmd
	url     string
}

// node finds Node 24, which the packages of the repository bring along.
func node() string {
	if own, err := filepath.Abs("../../node_modules/.bin/node"); err == nil {
		if _, err := os.Stat(own); err == nil {
			return own
		}
	}
	return "node"
}

func startCollector(t *testing.T, data string, port string) *realCollector {
	t.Helper()
	token := filepath.Join(data, "token")
	if err := os.WriteFile(token, []byte(collectorToken), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(filepath.Join(data, "collector.json"))
	process := exec.Command(node(), "../../collector/bin/eventloom.mjs", "run", "--play-when-unreachable")
	process.Env = append(os.Environ(), "KUBECONFIG=/nonexistent", "EVENTLOOM_DATA="+data, "EVENTLOOM_API_PORT="+port, "EVENTLOOM_API_TOKEN_FILE="+token)
	output, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	process.Stderr = process.Stdout
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	collector := &realCollector{process: process}
	t.Cleanup(collector.kill)
	said := make(chan string, 1)
	go func() {
		var lines []string
		for scanner := bufio.NewScanner(output); scanner.Scan(); {
			if lines = append(lines, scanner.Text()); strings.Contains(scanner.Text(), "stored") {
				break
			}
		}
		said <- strings.Join(lines, "\n")
		// Read on, so that the collector never waits for us.
		_, _ = bufio.NewReader(output).WriteTo(nowhere{})
	}()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		var where struct{ URL string }
		if text, err := os.ReadFile(filepath.Join(data, "collector.json")); err == nil && json.Unmarshal(text, &where) == nil {
			collector.url = where.URL
			return collector
		}
	}
	collector.kill()
	t.Fatalf("the collector does not start: %s", <-said)
	return nil
}

type nowhere struct{}

func (nowhere) Write(text []byte) (int, error) { return len(text), nil }

func (c *realCollector) kill() {
	_ = c.process.Process.Kill()
	_, _ = c.process.Process.Wait()
}

func healthCategory(t *testing.T, source *host.DataSource) (string, string) {
	t.Helper()
	got, err := source.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var details struct{ Category string }
	if err := json.Unmarshal(got.JSONDetails, &details); err != nil {
		t.Fatal(err)
	}
	return details.Category, got.Message
}

func TestWithTheRealCollector(t *testing.T) {
	data := t.TempDir()
	collector := startCollector(t, data, "0")
	good := plugin.Add(host.Settings{URL: collector.url, Secrets: map[string]string{"token": collectorToken}})
	bad := plugin.Add(host.Settings{URL: collector.url, Secrets: map[string]string{"token": "another-token-than-its"}})
	t.Run("the token is accepted", func(t *testing.T) {
		if category, message := healthCategory(t, good); category == "auth" || category == "network" {
			t.Error(message)
		}
	})
	t.Run("a wrong token is refused in words", func(t *testing.T) {
		if category, message := healthCategory(t, bad); category != "auth" {
			t.Error(category, message)
		}
		if got := ask(t, bad, oneQuery, nil)["A"]; got.Error == nil || got.Status != 401 || got.ErrorSource != backend.ErrorSourceDownstream {
			t.Errorf("%+v", got)
		}
	})
	t.Run("a kill is told, and a restart is noticed by the same instance", func(t *testing.T) {
		collector.kill()
		if got := ask(t, good, oneQuery, nil)["A"]; got.Error == nil || got.Status != 502 || !strings.Contains(got.Error.Error(), "cannot be reached") {
			t.Errorf("%+v", got)
		}
		if category, message := healthCategory(t, good); category != "network" {
			t.Error(category, message)
		}
		port := collector.url[strings.LastIndex(collector.url, ":")+1:]
		if again := startCollector(t, data, port); again.url != collector.url {
			t.Fatalf("started at %s, not %s", again.url, collector.url)
		}
		if category, message := healthCategory(t, good); category == "network" {
			t.Error(message)
		}
	})
}
