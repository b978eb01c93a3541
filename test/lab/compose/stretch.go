package compose

import (
	"fmt"
	"slices"
	"sort"
	"time"
)

const (
	// liveGap: shorter gaps between two instants of a run keep their length, so that causes and effects stay as far apart as they
	// were. Only longer ones, when nothing happens, are stretched.
	liveGap = 15 * time.Second
	// leastLiveGap is where the search for something to stretch ends, in a run without a quiet minute.
	leastLiveGap = time.Second
)

// stretch maps instants of a run to instants of a pass. It is strictly increasing.
type stretch struct {
	from, to []time.Time
}

// newStretch lays `instants` from `start` on, so that they fill `lasts`.
func newStretch(instants []time.Time, start time.Time, lasts time.Duration) (*stretch, error) {
	instants = slices.Clone(instants)
	sort.Slice(instants, func(i, j int) bool { return instants[i].Before(instants[j]) })
	instants = slices.CompactFunc(instants, time.Time.Equal)
	if len(instants) < 2 {
		return nil, fmt.Errorf("a run of fewer than two instants cannot be stretched")
	}
	live := liveGap
	kept, quiet := divide(instants, live)
	for quiet == 0 && live > leastLiveGap {
		live /= 2
		kept, quiet = divide(instants, live)
	}
	if quiet == 0 || lasts < kept+quiet {
		return nil, fmt.Errorf("the run takes %s and cannot be laid into %s", kept+quiet, lasts)
	}
	factor := float64(lasts-kept) / float64(quiet)
	s := &stretch{from: instants, to: []time.Time{start}}
	at := start
	for i := 1; i < len(instants); i++ {
		gap := instants[i].Sub(instants[i-1])
		if gap > live {
			gap = live + time.Duration(float64(gap-live)*factor)
		}
		at = at.Add(gap)
		s.to = append(s.to, at)
	}
	return s, nil
}

// divide adds up what is kept of the gaps and what may be stretched.
func divide(instants []time.Time, live time.Duration) (kept, quiet time.Duration) {
	for i := 1; i < len(instants); i++ {
		gap := instants[i].Sub(instants[i-1])
		kept += min(gap, live)
		quiet += max(0, gap-live)
	}
	return kept, quiet
}

// at is where an instant of the run lies in the pass. Instants between two known ones are laid in proportion, those outside
// keep their distance.
func (s *stretch) at(t time.Time) time.Time {
	i := sort.Search(len(s.from), func(i int) bool { return s.from[i].After(t) })
	switch {
	case i == 0:
		return s.to[0].Add(t.Sub(s.from[0]))
	case i == len(s.from):
		return s.to[i-1].Add(t.Sub(s.from[i-1]))
	}
	share := float64(t.Sub(s.from[i-1])) / float64(s.from[i].Sub(s.from[i-1]))
	return s.to[i-1].Add(time.Duration(share * float64(s.to[i].Sub(s.to[i-1]))))
}
