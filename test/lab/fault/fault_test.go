package fault

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"
)

func TestMatch(t *testing.T) {
	scenarios := []struct {
		pattern, value string
		matches        bool
	}{
		{"", "anything", true},
		{"web", "web", true},
		{"web", "web-1", false},
		{"web-*", "web-1", true},
		{"registry.lab/*:2", "registry.lab/shop/web:2", true},
		{"registry.lab/*:2", "registry.lab/shop/web:3", false},
	}
	for _, s := range scenarios {
		if Match(s.pattern, s.value) != s.matches {
			t.Errorf("Match(%q, %q) is not %t", s.pattern, s.value, s.matches)
		}
	}
}

func TestAWorkloadSelectsItsPodsOnly(t *testing.T) {
	target := Target{Namespace: "shop", Workload: "cart"}
	for pod, selected := range map[string]bool{"cart-6f5-abcde": true, "cart-0": true, "cartography-1": false, "cart": false} {
		if target.Matches(Container{Namespace: "shop", Pod: pod}) != selected {
			t.Errorf("%s: selected is not %t", pod, selected)
		}
	}
}

func TestRegistryOf(t *testing.T) {
	for image, registry := range map[string]string{
		"nginx": "docker.io", "library/nginx:1": "docker.io", "localhost/a": "localhost", "r.example.org/a/b:1": "r.example.org", "host:5000/a": "host:5000",
	} {
		if RegistryOf(image) != registry {
			t.Errorf("RegistryOf(%q) = %q", image, RegistryOf(image))
		}
	}
}

func TestDurationsAreTexts(t *testing.T) {
	var d Duration
	if err := json.Unmarshal([]byte(`"1m30s"`), &d); err != nil || d.Std() != 90*time.Second {
		t.Errorf("got %s, %v", d, err)
	}
	for _, wrong := range []string{`"soon"`, `12`} {
		if err := json.Unmarshal([]byte(wrong), &d); err == nil {
			t.Errorf("%s was accepted", wrong)
		}
	}
}

func TestTheBoardIsSharedThroughItsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "faults.json")
	writer, reader := Open(path), Open(path)
	if len(reader.Rules()) != 0 {
		t.Fatal("a board without a file has rules")
	}
	if err := writer.Add(Rule{ID: "a", Network: &Network{}}, Rule{ID: "b", Crash: &Crash{}}); err != nil {
		t.Fatal(err)
	}
	if err := writer.Add(Rule{ID: "a", Network: &Network{Node: "node-1"}}); err != nil {
		t.Fatal(err)
	}
	if rules := reader.Rules(); len(rules) != 2 || rules[1].Network.Node != "node-1" {
		t.Fatalf("got %+v", rules)
	}
	if err := writer.Remove("a", "never there"); err != nil {
		t.Fatal(err)
	}
	if rules := reader.Rules(); len(rules) != 1 || rules[0].ID != "b" {
		t.Fatalf("got %+v", rules)
	}
}
