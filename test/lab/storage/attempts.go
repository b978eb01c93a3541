package storage

import "time"

// attempts remembers failed tries, so that each is repeated after a pause that doubles.
type attempts map[string]attempt

type attempt struct {
	count int
	next  time.Time
}

// due says whether a try may be made now.
func (a attempts) due(key string, now time.Time) bool { return !now.Before(a[key].next) }

// failed notes a failed try.
func (a attempts) failed(key string, now time.Time) {
	last := a[key]
	pause := min(retryAfter<<min(last.count, 10), retryAfterMax)
	a[key] = attempt{count: last.count + 1, next: now.Add(pause)}
}

// done forgets the tries.
func (a attempts) done(key string) { delete(a, key) }
