package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// Board is the file of the rules in force. Several processes read it; whoever writes holds its lock.
type Board struct {
	path string

	mutex    sync.Mutex
	modified time.Time
	size     int64
	rules    []Rule
}

// Open uses the board at `path`, which need not exist yet.
func Open(path string) *Board { return &Board{path: path} }

// Rules are those in force now, oldest first. It costs one stat while nothing changes. An unreadable file counts as unchanged.
func (b *Board) Rules() []Rule {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	info, err := os.Stat(b.path)
	if err != nil {
		b.rules, b.size = nil, 0
		return nil
	}
	if info.ModTime().Equal(b.modified) && info.Size() == b.size {
		return b.rules
	}
	if rules, err := read(b.path); err == nil {
		b.rules, b.modified, b.size = rules, info.ModTime(), info.Size()
	}
	return b.rules
}

// Add puts rules in force, replacing those of the same id.
func (b *Board) Add(added ...Rule) error {
	return b.change(func(rules []Rule) []Rule {
		for _, rule := range added {
			rules = append(without(rules, rule.ID), rule)
		}
		return rules
	})
}

// Remove lifts the rules with these ids; unknown ids are no error.
func (b *Board) Remove(ids ...string) error {
	return b.change(func(rules []Rule) []Rule {
		for _, id := range ids {
			rules = without(rules, id)
		}
		return rules
	})
}

func (b *Board) change(edit func([]Rule) []Rule) error {
	lock, err := os.OpenFile(b.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("lock the fault board: %w", err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("lock the fault board: %w", err)
	}
	rules, err := read(b.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	raw, err := json.MarshalIndent(edit(rules), "", "  ")
	if err != nil {
		return err
	}
	temporary := filepath.Join(filepath.Dir(b.path), ".faults.tmp")
	if err := os.WriteFile(temporary, raw, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, b.path)
}

func read(path string) ([]Rule, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rules []Rule
	if err := json.Unmarshal(raw, &rules); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return rules, nil
}

func without(rules []Rule, id string) []Rule {
	kept := make([]Rule, 0, len(rules)+1)
	for _, rule := range rules {
		if rule.ID != id {
			kept = append(kept, rule)
		}
	}
	return kept
}
