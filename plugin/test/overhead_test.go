package test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"eventloom.dev/plugin/test/host"
)

// A panel's answer: 12 series of 500 points.
func panelAnswer(t testing.TB) []byte {
	t.Helper()
	times := make([]time.Time, 500)
	for i := range times {
		times[i] = from.Add(time.Duration(i) * time.Minute)
	}
	frame := data.NewFrame("", data.NewField("time", nil, times))
	for range 12 {
		frame.Fields = append(frame.Fields, data.NewField("occurrences", data.Labels{"reason": "BackOff"}, make([]float64, len(times))))
	}
	text, err := json.Marshal(frame)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(results(`"A":{"status":200,"frames":[` + string(text) + `]}`))
}

// BenchmarkOverhead measures what the bridge adds to the collector's own answer at the 95th percentile; the aim is 10 ms on
// an idle machine. It is no test: on a crowded one it says more about the neighbours.
//
//	go -C plugin test ./test -run '^$' -bench Overhead
func BenchmarkOverhead(b *testing.B) {
	answer := panelAnswer(b)
	server := serve(b, func(response http.ResponseWriter, _ *http.Request) {
		response.Header().Set("Content-Type", "application/json")
		_, _ = response.Write(answer)
	})
	source := plugin.Add(host.Settings{URL: server.URL})
	direct := p95(b, func() error {
		response, err := http.Post(server.URL, "application/json", bytes.NewReader([]byte(`{}`)))
		if err != nil {
			return err
		}
		defer func() { _ = response.Body.Close() }()
		_, err = io.Copy(io.Discard, response.Body)
		return err
	})
	bridged := p95(b, func() error {
		_, err := source.Query(b.Context(), oneQuery, nil, from, to)
		return err
	})
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(direct, "collector-p95-ms")
	b.ReportMetric(bridged, "bridge-p95-ms")
	b.ReportMetric(bridged-direct, "added-p95-ms")
}

func p95(t testing.TB, call func() error) float64 {
	t.Helper()
	took := make([]time.Duration, 200)
	for i := range took {
		started := time.Now()
		if err := call(); err != nil {
			t.Fatal(err)
		}
		took[i] = time.Since(started)
	}
	slices.Sort(took)
	return took[len(took)*95/100].Seconds() * 1_000
}
