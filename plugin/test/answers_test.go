package test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"go.yaml.in/yaml/v3"

	"eventloom.dev/plugin/test/host"
)

// recordedVersions is how many versions the shipped recording holds; see collector/recordings/README.md.
const recordedVersions = 4_493

// storyData is a collector that has stored the shipped recording, asked through the bridge.
func storyData(t *testing.T) *host.DataSource {
	t.Helper()
	collector := startCollector(t, t.TempDir(), "0")
	source := plugin.Add(host.Settings{URL: collector.url, Secrets: map[string]string{"token": collectorToken}})
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		health, err := source.Health(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if health.Status != backend.HealthStatusOk || !strings.Contains(health.Message, fmt.Sprintf("%d observations", recordedVersions)) {
			continue
		}
		// Groups are written after the rows they are made of.
		now := time.Now()
		groups := askAt(t, source, `{"schemaVersion":1,"queryType":"correlations"}`, nil, now.Add(-24*time.Hour), now)
		if groups.Error == nil && groups.Frames[0].Rows() > 0 {
			return source
		}
	}
	t.Fatal("the recording is not stored")
	return nil
}

// instances reads frames as Grafana's alert engine does: a number for each set of labels, and an error where two have the same.
func instances(response backend.DataResponse) (map[string]float64, error) {
	if response.Error != nil {
		return nil, response.Error
	}
	found := map[string]float64{}
	for _, frame := range response.Frames {
		if frame.Meta == nil || frame.Meta.Type != data.FrameTypeNumericLong || frame.Meta.TypeVersion.IsZero() {
			return nil, fmt.Errorf("no numeric frame: %+v", frame.Meta)
		}
		if len(frame.Fields) == 0 {
			continue
		}
		numbers := frame.TypeIndices(data.FieldTypeNullableFloat64)
		if len(numbers) != 1 || frame.Fields[len(frame.Fields)-1].Type() != data.FieldTypeNullableFloat64 {
			return nil, fmt.Errorf("%d numeric columns", len(numbers))
		}
		for row := range frame.Rows() {
			labels := data.Labels{}
			for _, field := range frame.Fields[:len(frame.Fields)-1] {
				labels[field.Name] = field.At(row).(string)
			}
			if _, isTwice := found[labels.String()]; isTwice {
				return nil, fmt.Errorf("two rows with the labels %s", labels)
			}
			value, ok := frame.ConcreteAt(numbers[0], row)
			if !ok {
				return nil, fmt.Errorf("no value for %s", labels)
			}
			found[labels.String()] = value.(float64)
		}
	}
	return found, nil
}

var fromAlert = map[string]string{"FromAlert": "true", "X-Cache-Skip": "true"}

func askAt(t *testing.T, source *host.DataSource, model string, headers map[string]string, from, to time.Time) backend.DataResponse {
	t.Helper()
	responses, err := source.Query(t.Context(), map[string]string{"A": model}, headers, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return responses["A"]
}

func TestAnswersOfTheRealCollector(t *testing.T) {
	source := storyData(t)
	t.Run("every query type is decoded by Grafana's own decoder", func(t *testing.T) { decodesEveryType(t, source) })
	t.Run("the shipped alert rules", func(t *testing.T) { judgesTheStory(t, source) })
	t.Run("the panels of the dashboards", func(t *testing.T) { fillsPanels(t, source) })
	t.Run("a live tail begins with its fields", func(t *testing.T) { beginsTail(t, source) })
	t.Run("the neighbours of a row", func(t *testing.T) { findsNeighbours(t, source) })
	t.Run("what editors ask", func(t *testing.T) { answersEditors(t, source) })
}

func decodesEveryType(t *testing.T, source *host.DataSource) {
	now := time.Now()
	for model, want := range map[string]data.FrameType{
		`{"schemaVersion":1,"queryType":"events","limit":500}`:                                                              data.FrameTypeLogLines,
		`{"schemaVersion":1,"queryType":"aggregate","groupBy":["reason"],"top":5}`:                                          data.FrameTypeTimeSeriesWide,
		`{"schemaVersion":1,"queryType":"aggregate","groupBy":["level"]}`:                                                   data.FrameTypeTimeSeriesMulti,
		`{"schemaVersion":1,"queryType":"aggregate","groupBy":["namespace"],"format":"numeric"}`:                            data.FrameTypeNumericLong,
		`{"schemaVersion":1,"queryType":"aggregate","groupBy":["severity"],"format":"heatmap"}`:                             "heatmap-rows",
		`{"schemaVersion":1,"queryType":"patterns"}`:                                                                        "",
		`{"schemaVersion":1,"queryType":"correlations"}`:                                                                    "",
		`{"schemaVersion":1,"queryType":"timeline","timelineBy":"workload"}`:                                                "",
		`{"schemaVersion":1,"queryType":"annotations","filter":{"text":"type:Warning","terms":[]}}`:                         "",
		`{"schemaVersion":1,"queryType":"events","filter":{"text":"reason:NothingLikeIt","terms":[]}}`:                      data.FrameTypeLogLines,
		`{"schemaVersion":1,"queryType":"aggregate","groupBy":["reason"],"filter":{"text":"reason:NothingLikeIt"}}`:         data.FrameTypeTimeSeriesWide,
		`{"schemaVersion":1,"queryType":"aggregate","metric":"gapP95","groupBy":["reason"],"format":"table","interval":""}`: "",
	} {
		got := askAt(t, source, model, nil, now.Add(-24*time.Hour), now)
		if got.Error != nil || len(got.Frames) == 0 {
			t.Errorf("%s: %v, %d frames", model, got.Error, len(got.Frames))
			continue
		}
		if got.Frames[0].Meta.Type != want {
			t.Errorf("%s: %s", model, got.Frames[0].Meta.Type)
		}
		if isEmpty := got.Frames[0].Rows() == 0; isEmpty != strings.Contains(model, "NothingLikeIt") {
			t.Errorf("%s: %d rows", model, got.Frames[0].Rows())
		}
	}
	correlations := askAt(t, source, `{"schemaVersion":1,"queryType":"correlations"}`, nil, now.Add(-24*time.Hour), now).Frames[0]
	id, _ := correlations.FieldByName("correlationId")
	graph := askAt(t, source, fmt.Sprintf(`{"schemaVersion":1,"queryType":"correlations","correlationId":%q}`, id.At(0)), nil, now.Add(-time.Hour), now)
	if graph.Error != nil || len(graph.Frames) != 2 {
		t.Fatalf("%v", graph.Error)
	}
	nodes := map[any]bool{}
	names, _ := graph.Frames[0].FieldByName("id")
	for row := range names.Len() {
		nodes[names.At(row)] = true
	}
	for _, end := range []string{"source", "target"} {
		field, _ := graph.Frames[1].FieldByName(end)
		for row := range field.Len() {
			if !nodes[field.At(row)] {
				t.Errorf("an edge without its node %v breaks the panel", field.At(row))
			}
		}
	}
}

// The store keys rows in a way of its own: only with it can be seen that a context finds its place.
func findsNeighbours(t *testing.T, source *host.DataSource) {
	now := time.Now()
	rows := askAt(t, source, `{"schemaVersion":1,"queryType":"events","filter":{"text":"reason:BackOff"}}`, nil, now.Add(-24*time.Hour), now).Frames[0]
	id, _ := rows.FieldByName("id")
	labels, _ := rows.FieldByName("labels")
	timestamp, _ := rows.FieldByName("timestamp")
	context := fmt.Sprintf(`{"id":%q,"direction":"backward","scope":"namespace","labels":%s,"timeNs":"%d"}`,
		id.At(0), labels.At(0), timestamp.At(0).(time.Time).UnixNano())
	before := askAt(t, source, `{"schemaVersion":1,"queryType":"context","context":`+context+`}`, nil, now.Add(-time.Hour), now)
	if before.Error != nil || before.Frames[0].Rows() == 0 {
		t.Fatalf("%v", before.Error)
	}
}

// The recording ends some minutes after the last peak of the shop: its faults are there, and later they are over.
func judgesTheStory(t *testing.T, source *host.DataSource) {
	var file struct {
		Groups []struct {
			Rules []struct {
				UID  string
				Data []struct {
					RefID             string                   `yaml:"refId"`
					DatasourceUID     string                   `yaml:"datasourceUid"`
					RelativeTimeRange struct{ From, To int64 } `yaml:"relativeTimeRange"`
					Model             map[string]any           `yaml:"model"`
				}
			}
		}
	}
	text, err := os.ReadFile("../../provisioning/grafana/alerting/eventloom.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, rule := range file.Groups[0].Rules {
		for _, query := range rule.Data {
			if query.DatasourceUID == "__expr__" {
				continue
			}
			model, err := json.Marshal(query.Model)
			if err != nil {
				t.Fatal(err)
			}
			at := func(to time.Time) map[string]float64 {
				found, err := instances(askAt(t, source, string(model), fromAlert, to.Add(-time.Duration(query.RelativeTimeRange.From)*time.Second), to))
				if err != nil {
					t.Errorf("%s %s: %v", rule.UID, query.RefID, err)
				}
				return found
			}
			open := []string{}
			for minutes := 60; minutes >= 0; minutes -= 5 {
				for labels, value := range at(now.Add(-time.Duration(minutes) * time.Minute)) {
					if value > 0 && !slices.Contains(open, labels) {
						open = append(open, labels)
					}
				}
			}
			later := at(now.Add(3 * time.Hour))
			isState := query.Model["metric"] == "active"
			if rule.UID == "eventloom_failed_mount" || rule.UID == "eventloom_crash_loop" {
				if len(open) == 0 || !strings.Contains(strings.Join(open, " "), "payments") {
					t.Errorf("%s does not see the story: %v", rule.UID, open)
				}
				for _, labels := range open {
					if value, isThere := later[labels]; !isThere || value != 0 {
						t.Errorf("%s: %s is %v (there: %v) when it is over", rule.UID, labels, value, isThere)
					}
				}
			}
			if isState {
				for labels, value := range later {
					if value != 0 && value != 1 {
						t.Errorf("%s: %s is %v", rule.UID, labels, value)
					}
				}
			}
		}
	}
}

// "All" of a variable reaches the collector as no value.
func withAllOfEachVariable(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, each := range value {
			value[key] = withAllOfEachVariable(each)
		}
	case []any:
		kept := []any{}
		for _, each := range value {
			if text, ok := each.(string); ok && strings.HasPrefix(text, "$") {
				continue
			}
			kept = append(kept, withAllOfEachVariable(each))
		}
		return kept
	case string:
		if strings.HasPrefix(value, "$") {
			return ""
		}
	}
	return value
}

func fillsPanels(t *testing.T, source *host.DataSource) {
	files, err := filepath.Glob("../src/dashboards/*.json")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	asked, filled := 0, 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Panels []struct {
				Title   string
				Targets []map[string]any
			}
			Annotations struct {
				List []struct {
					Name   string
					Target map[string]any
				}
			}
		}
		if err := json.Unmarshal(text, &page); err != nil {
			t.Fatal(err)
		}
		try := func(title string, target map[string]any) {
			if target["queryType"] == nil {
				return
			}
			model, err := json.Marshal(withAllOfEachVariable(target))
			if err != nil {
				t.Fatal(err)
			}
			asked++
			// The whole recording: its last day is calm but for its last fault.
			got := askAt(t, source, string(model), nil, now.Add(-10*24*time.Hour), now)
			if got.Error != nil {
				t.Errorf("%s, %s: %v", filepath.Base(file), title, got.Error)
				return
			}
			if slices.ContainsFunc(got.Frames, func(frame *data.Frame) bool { return frame.Rows() > 0 }) {
				filled++
			} else {
				t.Logf("%s, %s has no data in this recording", filepath.Base(file), title)
			}
		}
		for _, panel := range page.Panels {
			for _, target := range panel.Targets {
				try(panel.Title, target)
			}
		}
		for _, annotation := range page.Annotations.List {
			try(annotation.Name, annotation.Target)
		}
	}
	if asked < 30 || filled*10 < asked*8 {
		t.Errorf("%d of %d panels have data", filled, asked)
	}
}

func beginsTail(t *testing.T, source *host.DataSource) {
	path, address := tailAddress(`{"schemaVersion":1,"queryType":"events"}`)
	got, err := source.Subscribe(t.Context(), path, address)
	if err != nil {
		t.Fatal(err)
	}
	var initial struct {
		Schema struct{ Fields []struct{ Name string } }
	}
	if err := json.Unmarshal(got.Data, &initial); err != nil || len(initial.Schema.Fields) != 6 {
		t.Errorf("%v: %s", err, got.Data)
	}
}

func answersEditors(t *testing.T, source *host.DataSource) {
	now := time.Now().UnixMilli()
	timeRange := fmt.Sprintf(`{"from":%d,"to":%d}`, now-24*60*60*1000, now)
	for path, sent := range map[string]string{
		"variables":  `{"query":{"field":"namespace"},"timeRange":` + timeRange + `}`,
		"tag-keys":   `{"timeRange":` + timeRange + `}`,
		"tag-values": `{"key":"reason","prefix":"Failed","timeRange":` + timeRange + `}`,
		"complete":   `{"text":"reason:Failed","position":13,"timeRange":` + timeRange + `}`,
		"check":      `{"query":{"schemaVersion":1,"filter":{"text":"reason:("}}}`,
		"migrate":    `{"query":{"query":"reason:FailedMount"}}`,
		"preview":    `{"query":{"schemaVersion":1,"queryType":"aggregate","groupBy":["reason"]},"timeRange":` + timeRange + `}`,
	} {
		got, err := source.Call(t.Context(), "POST", path, []byte(sent))
		if err != nil || got.Status != 200 || len(got.Body) < 3 {
			t.Errorf("%s: %v %+v", path, err, got)
			continue
		}
		wanted := map[string]string{"variables": "shop", "tag-keys": "owner.name", "tag-values": "FailedMount", "complete": "FailedMount", "check": "message", "migrate": "schemaVersion", "preview": "alertable"}[path]
		if !strings.Contains(string(got.Body), wanted) {
			t.Errorf("%s: %s", path, got.Body)
		}
	}
}
