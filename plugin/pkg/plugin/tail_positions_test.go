package plugin

import (
	"testing"
	"time"
)

func TestALiveTailGoesOnForTheViewersWhoHadItOnly(t *testing.T) {
	now := time.Date(2026, 5, 11, 12, 0, 0, 0, time.UTC)
	positions := newTailPositions(func() time.Time { return now })
	positions.reached("tail/a", "17.x")
	now = now.Add(10 * time.Second)
	if got := positions.of("tail/a"); got != "17.x" {
		t.Errorf("started again at once it begins at %q", got)
	}
	now = now.Add(2 * time.Hour)
	if got := positions.of("tail/a"); got != "" {
		t.Errorf("two hours later it begins at %q, not now", got)
	}
}
