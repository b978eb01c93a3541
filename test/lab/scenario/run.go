package scenario

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"time"

	"eventloom.dev/lab/record"
)

// lastWords is how long the recording goes on after the end, for events that are on their way.
const lastWords = 500 * time.Millisecond

// moment is a step, or its undoing, with the time when it is due.
type moment struct {
	at   time.Duration
	step Step
	undo bool
}

// run is one scenario on its way.
type run struct {
	scenario *Scenario
	stage    *Stage
	truth    Truth
	log      io.Writer

	mutex    sync.Mutex // guards failures and the truth's faults
	failures []error
}

// Run carries out a scenario on a running cluster and writes events.jsonl, objects.jsonl and truth.json to `out`.
func Run(ctx context.Context, s *Scenario, stage *Stage, out string, log io.Writer) (*Truth, error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, err
	}
	eventsPath := filepath.Join(out, "events.jsonl")
	file, err := os.Create(eventsPath)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	buffered := bufio.NewWriterSize(file, 1<<20)
	recorder, err := record.NewRecorder(stage.Client.Config, buffered)
	if err != nil {
		return nil, err
	}
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	objects, err := record.WatchObjects(watching, stage.Client.Dynamic)
	if err != nil {
		return nil, err
	}
	recorded := make(chan error, 1)
	go func() { recorded <- recorder.Follow(watching) }()

	r := &run{scenario: s, stage: stage, log: log, truth: Truth{Scenario: s.Name, Description: s.Description, RootCause: s.RootCause, Edges: s.edges(), Faults: []Happening{}}}
	runErr := r.play(ctx)
	sleepUntil(ctx, time.Now().Add(lastWords))
	stopWatching()
	if err := <-recorded; err != nil {
		return nil, err
	}
	if err := buffered.Flush(); err != nil {
		return nil, fmt.Errorf("write the recording: %w", err)
	}
	if runErr != nil {
		return nil, runErr
	}
	r.truth.Lines = recorder.Written
	if err := r.truth.count(eventsPath, s.Explains, s.Noise); err != nil {
		return nil, err
	}
	return &r.truth, writeFacts(out, objects, r.truth)
}

// play applies what is there, waits until it has settled, and then does each step when it is due. Faults due at 0s are in force
// before anything is applied.
func (r *run) play(ctx context.Context) error {
	r.truth.Started = time.Now().UTC()
	early, later := split(moments(r.scenario.Steps))
	for _, due := range early {
		r.perform(ctx, due)
	}
	if err := r.applyAll(ctx); err != nil {
		return err
	}
	settled, err := r.stage.settle(ctx, r.scenario.Settle.Std())
	if err != nil {
		return err
	}
	start := time.Now()
	r.truth.Settled = start.UTC()
	fmt.Fprintf(r.log, "%s: settled=%t after %s\n", r.scenario.Name, settled, start.Sub(r.truth.Started).Round(100*time.Millisecond))

	var steps sync.WaitGroup
	for _, due := range later {
		sleepUntil(ctx, start.Add(due.at))
		if ctx.Err() != nil {
			break
		}
		steps.Go(func() { r.perform(ctx, due) }) // a step that takes its time must not delay the next
	}
	sleepUntil(ctx, start.Add(r.scenario.Duration.Std()))
	steps.Wait()
	r.truth.Ended = time.Now().UTC()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if len(r.failures) > 0 {
		return fmt.Errorf("steps failed: %w", r.failures[0])
	}
	return nil
}

// applyAll makes what the scenario consists of.
func (r *run) applyAll(ctx context.Context) error {
	for _, workload := range r.scenario.Workloads {
		manifests, err := workload.Manifests()
		if err != nil {
			return err
		}
		if err := r.stage.apply(ctx, manifests); err != nil {
			return err
		}
	}
	return r.stage.apply(ctx, r.scenario.Objects)
}

func (r *run) perform(ctx context.Context, due moment) {
	now := time.Now().UTC()
	action, perform := due.step.actionNames()[0], r.stage.Perform
	if due.undo {
		perform = r.stage.Undo
	}
	fmt.Fprintf(r.log, "%s: %5.1fs %s%s\n", r.scenario.Name, due.at.Seconds(), map[bool]string{true: "end of "}[due.undo], action)
	r.note(due, action, now)
	if err := perform(ctx, due.step); err != nil {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.failures = append(r.failures, fmt.Errorf("%s (%s): %w", due.step.ID, action, err))
	}
}

func (r *run) note(due moment, action string, now time.Time) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if !due.undo {
		r.truth.Faults = append(r.truth.Faults, Happening{ID: due.step.ID, At: now, Does: action, With: due.step.Action})
		return
	}
	for i := range r.truth.Faults {
		if r.truth.Faults[i].ID == due.step.ID {
			r.truth.Faults[i].Until = &now
		}
	}
}

// moments are the steps and their ends in order of time. Steps without an id get one.
func moments(steps []Step) []moment {
	var all []moment
	for i, step := range steps {
		if step.ID == "" {
			step.ID = fmt.Sprintf("step-%d", i+1)
		}
		all = append(all, moment{at: step.At.Std(), step: step})
		if step.For > 0 {
			all = append(all, moment{at: step.At.Std() + step.For.Std(), step: step, undo: true})
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].at < all[j].at })
	return all
}

// split takes out the faults that are due before anything else.
func split(all []moment) (early, later []moment) {
	for _, one := range all {
		if one.at == 0 && !one.undo && one.step.isFault() {
			early = append(early, one)
		} else {
			later = append(later, one)
		}
	}
	return early, later
}

func writeFacts(out string, objects *record.Objects, truth Truth) error {
	file, err := os.Create(filepath.Join(out, "objects.jsonl"))
	if err != nil {
		return err
	}
	defer file.Close()
	if err := objects.Write(file); err != nil {
		return fmt.Errorf("write objects.jsonl: %w", err)
	}
	raw, err := json.MarshalIndent(truth, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "truth.json"), append(raw, '\n'), 0o644)
}

func sleepUntil(ctx context.Context, when time.Time) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Until(when)):
	}
}
