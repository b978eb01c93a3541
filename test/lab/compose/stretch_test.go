package compose

import (
	"testing"
	"time"
)

func seconds(values ...int) []time.Time {
	var instants []time.Time
	for _, value := range values {
		instants = append(instants, time.Unix(int64(value), 0))
	}
	return instants
}

func TestOnlyQuietTimesAreStretched(t *testing.T) {
	start := time.Date(2026, 11, 9, 0, 0, 0, 0, time.UTC)
	s, err := newStretch(seconds(100, 102, 102, 142, 145), start, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if gap := s.at(time.Unix(102, 0)).Sub(s.at(time.Unix(100, 0))); gap != 2*time.Second {
		t.Errorf("a live gap became %s", gap)
	}
	if whole := s.at(time.Unix(145, 0)).Sub(start).Round(time.Millisecond); whole != time.Hour {
		t.Errorf("the pass lasts %s", whole)
	}
	between, before, after := s.at(time.Unix(122, 0)), s.at(time.Unix(102, 0)), s.at(time.Unix(142, 0))
	if !between.After(before) || !between.Before(after) {
		t.Errorf("%s is not between %s and %s", between, before, after)
	}
	if early := s.at(time.Unix(90, 0)); start.Sub(early) != 10*time.Second {
		t.Errorf("before the first instant: %s", early)
	}
}

func TestARunThatIsLongerThanItsPass(t *testing.T) {
	if _, err := newStretch(seconds(0, 10, 60), time.Unix(0, 0), 30*time.Second); err == nil {
		t.Error("60 s were laid into 30 s")
	}
}

func TestDenseRunsAreStretchedToo(t *testing.T) {
	s, err := newStretch(seconds(0, 2, 4, 6, 9), time.Unix(0, 0), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if last := s.at(time.Unix(9, 0)).Sub(time.Unix(0, 0)).Round(time.Millisecond); last != time.Minute {
		t.Errorf("the pass lasts %s", last)
	}
}
