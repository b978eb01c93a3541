package compose

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"eventloom.dev/lab/fault"
)

const (
	podUID   = "11111111-1111-4111-8111-111111111111"
	setUID   = "22222222-2222-4222-8222-222222222222"
	eventUID = "33333333-3333-4333-8333-33333333333"
)

// aRun writes a recording of two events of one pod, a minute apart.
func aRun(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, lines ...string) {
		err := zipped(filepath.Join(dir, "run", name), func(out io.Writer) error {
			_, err := out.Write([]byte(strings.Join(lines, "\n")))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "run"), 0o755); err != nil {
		t.Fatal(err)
	}
	event := func(number int, at string) string {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf(`{"type":"ADDED","object":{"metadata":{"name":"web-5d9c-abcde.%x","uid":"%s%d","resourceVersion":"%d","creationTimestamp":"%s"},`+
			`"eventTime":null,"deprecatedFirstTimestamp":"%s","regarding":{"kind":"Pod","name":"web-5d9c-abcde","uid":"%s"},"note":"pod web-5d9c-abcde"}}`,
			instant.UnixNano(), eventUID, number, number, at, at, podUID)
	}
	write("events.jsonl.gz", event(1, "2026-01-01T00:00:00Z"), event(2, "2026-01-01T00:01:00Z"))
	write("objects.jsonl.gz",
		fmt.Sprintf(`{"kind":"ReplicaSet","name":"web-5d9c","uid":"%s","apiVersion":"apps/v1"}`, setUID),
		fmt.Sprintf(`{"kind":"Pod","name":"web-5d9c-abcde","uid":"%s","apiVersion":"v1","owners":[{"kind":"ReplicaSet","name":"web-5d9c","uid":"%s","controller":true}]}`, podUID, setUID))
	if err := os.WriteFile(filepath.Join(dir, "run", "truth.json"), []byte(`{"settled":"2025-12-31T23:59:59Z"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func compose(t *testing.T, recordings string) ([]notice, []byte) {
	t.Helper()
	start := time.Date(2026, 11, 9, 0, 0, 0, 0, time.UTC)
	plan := &Plan{Passes: []Pass{
		{Run: "run", At: start, Lasts: fault.Duration(time.Hour)},
		{Run: "run", At: start.Add(2 * time.Hour), Lasts: fault.Duration(3 * time.Hour)},
	}}
	if problems := plan.problems(); len(problems) > 0 {
		t.Fatal(problems)
	}
	out := t.TempDir()
	if _, err := Compose(plan, recordings, out, "x"); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(out, "x.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var notices []notice
	for decoder := json.NewDecoder(unzipped); decoder.More(); {
		var one notice
		if err := decoder.Decode(&one); err != nil {
			t.Fatal(err)
		}
		notices = append(notices, one)
	}
	return notices, raw
}

func TestPassesAreDifferentHappeningsInOrderOfTime(t *testing.T) {
	recordings := aRun(t)
	notices, raw := compose(t, recordings)
	if len(notices) != 4 {
		t.Fatalf("got %d lines", len(notices))
	}
	uids, names, pods := map[string]bool{}, map[string]bool{}, map[string]bool{}
	last := int64(0)
	for _, one := range notices {
		version, err := strconv.ParseInt(text(one.Object, "metadata", "resourceVersion"), 10, 64)
		if err != nil || version <= last {
			t.Errorf("resourceVersion %d after %d (%v)", version, last, err)
		}
		last = version
		uids[text(one.Object, "metadata", "uid")] = true
		names[text(one.Object, "metadata", "name")] = true
		pod := text(one.Object, "regarding", "name")
		pods[pod] = true
		if !strings.HasPrefix(pod, "web-5d9c-") || pod == "web-5d9c-abcde" || text(one.Object, "note") != "pod "+pod {
			t.Errorf("pod %q, note %q", pod, text(one.Object, "note"))
		}
	}
	if len(uids) != 4 || len(names) != 4 || len(pods) != 2 {
		t.Errorf("%d uids, %d names, %d pods", len(uids), len(names), len(pods))
	}
	if at := text(notices[3].Object, "deprecatedFirstTimestamp"); at != "2026-11-09T05:00:00Z" {
		t.Errorf("the last event is at %s", at)
	}
	if _, again := compose(t, recordings); !bytes.Equal(raw, again) {
		t.Error("the same plan gives other bytes")
	}
}

func TestPassesMustNotOverlap(t *testing.T) {
	at := time.Date(2026, 11, 9, 0, 0, 0, 0, time.UTC)
	plan := &Plan{Passes: []Pass{
		{Run: "a", At: at, Lasts: fault.Duration(time.Hour)},
		{Run: "b", At: at.Add(time.Minute), Lasts: fault.Duration(time.Hour)},
	}}
	if len(plan.problems()) != 1 {
		t.Errorf("got %q", plan.problems())
	}
}
