package compose

import (
	"fmt"
	"slices"
	"sort"
	"time"
)

// quietAround a cut nothing may have happened: many reporters write whole seconds.
const quietAround = time.Second

// layout maps instants of a run to instants of a laying. A part is moved as a whole, so within it all distances stay as they were.
type layout struct {
	from, to []time.Time // where parts begin: in the run, and where they are laid
	end      time.Time   // of the last part in the run; zero = with the run
	every    time.Duration
	until    time.Time
}

func newLayout(pass Pass, settled time.Time) *layout {
	l := &layout{every: pass.Every.Std(), until: pass.Until}
	for _, part := range pass.Parts {
		from := settled.Add(part.From.Std())
		// Moved by whole seconds, so that times that were written as such stay exact.
		l.from, l.to = append(l.from, from), append(l.to, from.Add(part.At.Sub(from).Round(time.Second)))
	}
	if pass.Ends > 0 {
		l.end = settled.Add(pass.Ends.Std())
	}
	return l
}

// at is where an instant of the run lies. What was before the first part keeps its distance; where a run is laid again and again,
// it lies in the time before.
func (l *layout) at(t time.Time) time.Time {
	if l.every > 0 && t.Before(l.from[0]) {
		return l.at(t.Add(l.end.Sub(l.from[0]))).Add(-l.every)
	}
	i := max(0, l.part(t))
	return l.to[i].Add(t.Sub(l.from[i]))
}

// part is the last one that begins at or before an instant of the run; -1 when that is before the first.
func (l *layout) part(t time.Time) int {
	return sort.Search(len(l.from), func(i int) bool { return l.from[i].After(t) }) - 1
}

// holds says whether what was seen at an instant of the run is laid.
func (l *layout) holds(t time.Time) bool {
	if !l.end.IsZero() && !t.Before(l.end) || !l.until.IsZero() && l.at(t).After(l.until) {
		return false
	}
	return l.every == 0 || !t.Before(l.from[0])
}

// checkCuts refuses to part what belongs together.
func (l *layout) checkCuts(instants []time.Time) error {
	cuts := slices.Clone(l.from)
	if l.every == 0 {
		cuts = cuts[1:] // the first part reaches back to the begin
	}
	if !l.end.IsZero() {
		cuts = append(cuts, l.end)
	}
	for _, cut := range cuts {
		for _, instant := range instants {
			if instant.Sub(cut).Abs() < quietAround {
				return fmt.Errorf("the run is not quiet at its cut %s: something happened at %s", cut.Format(time.RFC3339Nano), instant.Format(time.RFC3339Nano))
			}
		}
	}
	return nil
}
