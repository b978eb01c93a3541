package compose

import (
	"testing"
	"time"

	"eventloom.dev/lab/fault"
)

func TestBeforeARepeatedPassIsTheOneBefore(t *testing.T) {
	minutes := Pass{Run: "jobs", Parts: []Part{part(0, 3), part(60, 4), part(120, 5)}, Ends: fault.Duration(3 * time.Minute), Every: fault.Duration(3 * time.Hour)}
	when := newLayout(minutes, settled)
	for minute, hour := range map[int]int{-4: -1, -1: 2, 0: 3, 1: 4, 2: 5} {
		at := when.at(settled.Add(time.Duration(minute)*time.Minute + 10*time.Second))
		if expected := monday.Add(time.Duration(hour)*time.Hour + 10*time.Second); !at.Equal(expected) {
			t.Errorf("minute %d is at %s", minute, at)
		}
	}
}

func TestWholeSecondsStayWhole(t *testing.T) {
	late := settled.Add(918 * time.Millisecond)
	when := newLayout(Pass{Run: "a", Parts: []Part{part(0, 3)}}, late)
	if at := when.at(settled.Add(5 * time.Second)); !at.Equal(at.Truncate(time.Second)) || at.Sub(when.at(late)) != 5*time.Second-918*time.Millisecond {
		t.Errorf("a whole second is laid at %s", at)
	}
}
