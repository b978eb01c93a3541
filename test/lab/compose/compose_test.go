package compose

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

// settled is when the clock of the run starts; its times are told in seconds from then.
var settled, monday = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 9, 0, 0, 0, 0, time.UTC)

// seen is a version of an event about the one pod of the run.
type seen struct {
	event, first, last, count int
	kind                      string
}

func (s seen) line() json.RawMessage {
	first, last := settled.Add(time.Duration(s.first)*time.Second), settled.Add(time.Duration(s.last)*time.Second)
	return json.RawMessage(fmt.Sprintf(`{"type":%q,"object":{"metadata":{"name":"web-5d9c-abcde.%x","uid":"%s%d","resourceVersion":"1","creationTimestamp":%q},`+
		`"eventTime":null,"deprecatedFirstTimestamp":%q,"deprecatedLastTimestamp":%q,"deprecatedCount":%d,`+
		`"regarding":{"kind":"Pod","name":"web-5d9c-abcde","uid":%q},"note":"pod web-5d9c-abcde"}}`,
		s.kind, first.UnixNano(), eventUID, s.event, clock(first), clock(first), clock(last), s.count, podUID))
}

// restarts are those of a pod at 0, 10, 50 and 100 s; something else happens to it at 60 s.
var restarts = []seen{{1, 0, 0, 1, "ADDED"}, {1, 0, 10, 2, "MODIFIED"}, {1, 0, 50, 3, "MODIFIED"}, {2, 60, 60, 1, "ADDED"}, {1, 0, 100, 4, "MODIFIED"}}

// aRun is a packed recording of what was seen of the pod.
func aRun(t *testing.T, versions ...seen) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "run"), 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name string, lines ...json.RawMessage) {
		err := zipped(filepath.Join(dir, "run", name), func(encoder *json.Encoder) error { return writeAll(encoder, lines) })
		if err != nil {
			t.Fatal(err)
		}
	}
	var lines []json.RawMessage
	for _, version := range versions {
		lines = append(lines, version.line())
	}
	write("events.jsonl.gz", lines...)
	write("objects.jsonl.gz",
		json.RawMessage(fmt.Sprintf(`{"kind":"ReplicaSet","name":"web-5d9c","uid":%q,"apiVersion":"apps/v1"}`, setUID)),
		json.RawMessage(fmt.Sprintf(`{"kind":"Pod","name":"web-5d9c-abcde","uid":%q,"apiVersion":"v1","owners":[{"kind":"ReplicaSet","name":"web-5d9c","uid":%q,"controller":true}]}`, podUID, setUID)))
	if err := os.WriteFile(filepath.Join(dir, "run", "truth.json"), []byte(`{"settled":"2026-01-01T00:00:00Z"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func part(seconds, hours int) Part {
	return Part{From: fault.Duration(time.Duration(seconds) * time.Second), At: monday.Add(time.Duration(hours) * time.Hour)}
}

func compose(t *testing.T, recordings string, passes ...Pass) ([]notice, []byte) {
	t.Helper()
	plan := &Plan{Passes: passes}
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

func all(notices []notice, path ...string) []string {
	var values []string
	for _, one := range notices {
		values = append(values, text(one.Object, path...))
	}
	return values
}

func TestPartsKeepTheirPaceAndOnlyTheTimeBetweenGetsLonger(t *testing.T) {
	notices, _ := compose(t, aRun(t, restarts...), Pass{Run: "run", Parts: []Part{part(-5, 0), part(90, 5)}})
	expected := []string{"2026-11-09T00:00:05Z", "2026-11-09T00:00:15Z", "2026-11-09T00:00:55Z", "2026-11-09T00:01:05Z", "2026-11-09T05:00:10Z"}
	if last := all(notices, "deprecatedLastTimestamp"); !slices.Equal(last, expected) {
		t.Errorf("got %q", last)
	}
	if first := text(notices[4].Object, "deprecatedFirstTimestamp"); first != expected[0] {
		t.Errorf("the count of four began at %s", first)
	}
}

func TestAnEventThatWasForgottenIsMadeAnewUnderItsName(t *testing.T) {
	notices, _ := compose(t, aRun(t, restarts...), Pass{Run: "run", Parts: []Part{part(-5, 0), part(90, 5)}})
	uids, names := all(notices, "metadata", "uid"), all(notices, "metadata", "name")
	if uids[0] != uids[2] || notices[2].Type != "MODIFIED" {
		t.Errorf("within its part it is %s as %s, then %s", uids[0], notices[2].Type, uids[2])
	}
	if uids[4] == uids[0] || names[4] != names[0] || notices[4].Type != "ADDED" {
		t.Errorf("after five hours it is %s, %s, %s", notices[4].Type, names[4], uids[4])
	}
	if created := text(notices[4].Object, "metadata", "creationTimestamp"); created != "2026-11-09T05:00:10Z" {
		t.Errorf("made anew at %s", created)
	}
}

func TestWhatIsSaidLateStaysAsLateAndInItsPart(t *testing.T) {
	series := []seen{{1, 0, 10, 2, "ADDED"}, {2, 40, 40, 1, "ADDED"}, {3, 100, 100, 1, "ADDED"}, {1, 0, 10, 3, "MODIFIED"}}
	notices, _ := compose(t, aRun(t, series...), Pass{Run: "run", Parts: []Part{part(-5, 0), part(50, 5)}})
	if uids := all(notices, "metadata", "uid"); uids[0] != uids[2] || notices[2].Type != "MODIFIED" {
		t.Errorf("got %q", uids)
	}
}

func TestEachLayingIsAHappeningOfItsOwn(t *testing.T) {
	again := Pass{Run: "run", Parts: []Part{part(-5, 0)}, Ends: fault.Duration(80 * time.Second), Every: fault.Duration(time.Hour), Until: monday.Add(time.Hour + 30*time.Second)}
	recordings := aRun(t, restarts...)
	notices, raw := compose(t, recordings, again)
	// Four versions are before the end at 80 s; of the second time the last two would be after `until`.
	if len(notices) != 6 {
		t.Fatalf("got %d lines", len(notices))
	}
	pods := all(notices, "regarding", "name")
	for i, pod := range pods {
		if !strings.HasPrefix(pod, "web-5d9c-") || pod == "web-5d9c-abcde" || text(notices[i].Object, "note") != "pod "+pod {
			t.Errorf("pod %q, note %q", pod, text(notices[i].Object, "note"))
		}
	}
	for _, path := range [][]string{{"metadata", "uid"}, {"metadata", "name"}, {"regarding", "name"}, {"regarding", "uid"}} {
		if values := all(notices, path...); values[0] == values[4] {
			t.Errorf("%v is %q both times", path, values[0])
		}
	}
	if _, same := compose(t, recordings, again); !bytes.Equal(raw, same) {
		t.Error("the same plan gives other bytes")
	}
}

func TestLinesOfAllPassesComeInOrderOfTime(t *testing.T) {
	recordings := aRun(t, restarts...)
	notices, _ := compose(t, recordings, Pass{Run: "run", Parts: []Part{part(-5, 0), part(90, 5)}}, Pass{Run: "run", Parts: []Part{part(-5, 3)}})
	if last := all(notices, "deprecatedLastTimestamp"); len(last) != 10 || !slices.IsSorted(last) {
		t.Errorf("got %q", last)
	}
	before := int64(0)
	for _, value := range all(notices, "metadata", "resourceVersion") {
		version, err := strconv.ParseInt(value, 10, 64)
		if err != nil || version <= before {
			t.Errorf("resourceVersion %q after %d (%v)", value, before, err)
		}
		before = version
	}
}

func TestACutThroughSomethingIsRefused(t *testing.T) {
	plan := &Plan{Passes: []Pass{{Run: "run", Parts: []Part{part(-5, 0), part(50, 5)}}}}
	if _, err := Compose(plan, aRun(t, restarts...), t.TempDir(), "x"); err == nil || !strings.Contains(err.Error(), "not quiet") {
		t.Errorf("got %v", err)
	}
}

func TestAllProblemsOfAPlanComeAtOnce(t *testing.T) {
	minute := fault.Duration(time.Minute)
	plan := &Plan{Passes: []Pass{
		{Run: "a"},
		{Run: "b", Parts: []Part{part(0, 0), part(0, 1), part(7200, 2)}, Ends: minute},
		{Run: "c", Parts: []Part{part(0, 0)}, Every: minute},
		{Run: "d", Parts: []Part{part(0, 0), part(60, 1)}, Ends: 2 * minute, Every: minute, Until: monday},
	}}
	expected := []string{"passes[0]: needs", "passes[1].parts[1]: begins", "passes[1].parts[2]: is laid", "passes[1].ends", "passes[2].every: needs", "passes[3].every: 1m"}
	problems := plan.problems()
	if len(problems) != len(expected) {
		t.Fatalf("got %q", problems)
	}
	for i, problem := range problems {
		if !strings.HasPrefix(problem, expected[i]) {
			t.Errorf("%q does not begin with %q", problem, expected[i])
		}
	}
}
