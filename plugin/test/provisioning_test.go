package test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

type ruleFile struct {
	ContactPoints []struct{ Name string } `yaml:"contactPoints"`
	Policies      any                     `yaml:"policies"`
	Groups        []struct {
		Rules []rule
	}
}

type rule struct {
	UID, Title, Condition string
	NoDataState           string `yaml:"noDataState"`
	ExecErrState          string `yaml:"execErrState"`
	Labels, Annotations   map[string]string
	NotificationSettings  struct {
		Receiver string
		GroupBy  []string `yaml:"group_by"`
	} `yaml:"notification_settings"`
	Data []struct {
		RefID         string `yaml:"refId"`
		DatasourceUID string `yaml:"datasourceUid"`
		Model         struct {
			RefID     string `yaml:"refId"`
			QueryType string `yaml:"queryType"`
			Format    string
			Metric    string
			GroupBy   []string `yaml:"groupBy"`
		}
	}
}

func loadRules(t *testing.T) ruleFile {
	t.Helper()
	text, err := os.ReadFile("../../provisioning/grafana/alerting/eventloom.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file ruleFile
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file
}

// What makes a new alert at each evaluation, or one for each pod.
var unstableLabels = []string{"regarding.name", "regarding.uid", "note", "name", "uid", "count", "lastObserved", "id"}

func TestShippedAlertRules(t *testing.T) {
	file := loadRules(t)
	if file.Policies != nil {
		t.Error("policies would replace the whole tree of the organisation")
	}
	seen := map[string]bool{}
	watchesItself := 0
	for _, rule := range file.Groups[0].Rules {
		t.Run(rule.UID, func(t *testing.T) {
			if seen[rule.UID] || len(rule.UID) > 40 {
				t.Errorf("uid %q is taken or too long", rule.UID)
			}
			seen[rule.UID] = true
			settings := rule.NotificationSettings
			if !slices.ContainsFunc(file.ContactPoints, func(c struct{ Name string }) bool { return c.Name == settings.Receiver }) {
				t.Errorf("receiver %q is not in the file: Grafana would not start", settings.Receiver)
			}
			if !slices.Contains(settings.GroupBy, "alertname") || !slices.Contains(settings.GroupBy, "grafana_folder") {
				t.Error("Grafana refuses a group_by without alertname and grafana_folder")
			}
			if rule.NoDataState == "Alerting" && rule.ExecErrState == "Alerting" {
				watchesItself++
			} else if rule.NoDataState != "OK" || rule.ExecErrState != "KeepLast" {
				t.Errorf("states are %s, %s", rule.NoDataState, rule.ExecErrState)
			}
			refIDs := []string{}
			usesState := false
			for _, query := range rule.Data {
				refIDs = append(refIDs, query.RefID)
				if query.RefID != query.Model.RefID {
					t.Errorf("refId %s has a model of %s", query.RefID, query.Model.RefID)
				}
				if query.DatasourceUID == "__expr__" {
					continue
				}
				usesState = usesState || query.Model.Metric == "active"
				if query.DatasourceUID != "eventloom" || query.Model.QueryType != "aggregate" || query.Model.Format != "numeric" {
					t.Errorf("query %s is %+v", query.RefID, query.Model)
				}
				for _, label := range query.Model.GroupBy {
					if slices.Contains(unstableLabels, label) {
						t.Errorf("label %s makes an alert of its own for each pod or evaluation", label)
					}
				}
			}
			if !slices.Contains(refIDs, rule.Condition) {
				t.Errorf("condition %s is no query", rule.Condition)
			}
			if !usesState && rule.ExecErrState == "KeepLast" {
				t.Error("counts over a window and would resolve whenever the emitter is silent")
			}
			for name, text := range rule.Annotations {
				if strings.Contains(text, "$$") {
					t.Errorf("annotation %s is taken as it is: one $", name)
				}
			}
		})
	}
	if len(seen) < 15 || watchesItself != 1 {
		t.Errorf("%d rules, %d of which watch the data source", len(seen), watchesItself)
	}
}

func TestDashboards(t *testing.T) {
	files, err := filepath.Glob("../src/dashboards/*.json")
	if err != nil || len(files) != 7 {
		t.Fatalf("%v %v", err, files)
	}
	type dashboard struct {
		UID, Title, Description string
		SchemaVersion           int `json:"schemaVersion"`
		Links                   []struct{ URL string }
		Panels                  []struct {
			ID                       int
			Type, Title, Description string
			GridPos                  struct{ X, Y, W, H int } `json:"gridPos"`
			Targets                  []struct {
				QueryType  string `json:"queryType"`
				Datasource struct{ Type, UID string }
			}
		}
	}
	all := map[string]dashboard{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var page dashboard
		if err := json.Unmarshal(text, &page); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[page.UID] = page
	}
	for uid, page := range all {
		t.Run(uid, func(t *testing.T) {
			if page.Description == "" || page.SchemaVersion < 41 {
				t.Errorf("description %q, schema %d", page.Description, page.SchemaVersion)
			}
			for _, link := range page.Links {
				if _, known := all[strings.TrimPrefix(link.URL, "/d/")]; !known {
					t.Errorf("link to %s leads nowhere", link.URL)
				}
			}
			taken := map[[2]int]string{}
			for _, panel := range page.Panels {
				if panel.Type != "row" && (panel.Description == "" || len(panel.Targets) == 0) {
					t.Errorf("%s has no description or no query", panel.Title)
				}
				for _, target := range panel.Targets {
					if target.QueryType == "" || target.Datasource.UID != "${datasource}" {
						t.Errorf("%s asks %+v", panel.Title, target)
					}
				}
				for x := panel.GridPos.X; x < panel.GridPos.X+panel.GridPos.W; x++ {
					for y := panel.GridPos.Y; y < panel.GridPos.Y+panel.GridPos.H; y++ {
						if other, isTaken := taken[[2]int{x, y}]; isTaken || x >= 24 {
							t.Fatalf("%s lies over %s", panel.Title, other)
						}
						taken[[2]int{x, y}] = panel.Title
					}
				}
			}
		})
	}
}

// Grafana's proxy (/api/datasources/proxy) forwards whatever a viewer sends to the url of a data source, with its credentials.
func TestGrafanasProxyLeadsNowhere(t *testing.T) {
	text, err := os.ReadFile("../../provisioning/grafana/datasources/eventloom.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Datasources []struct {
			URL      string
			JSONData struct{ Address string } `yaml:"jsonData"`
		}
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, source := range file.Datasources {
		if source.URL != "" || source.JSONData.Address == "" {
			t.Errorf("the shipped data source has the url %q and the address %q", source.URL, source.JSONData.Address)
		}
	}
	manifest, err := os.ReadFile("../src/plugin.json")
	if err != nil {
		t.Fatal(err)
	}
	var plugin struct {
		Routes []struct{ Path, Method, ReqRole string }
	}
	if err := json.Unmarshal(manifest, &plugin); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"api/v1/export", "metrics", "docs", "healthz", "readyz"} {
		isRefused := slices.ContainsFunc(plugin.Routes, func(route struct{ Path, Method, ReqRole string }) bool {
			return strings.HasPrefix(path, route.Path) && route.Path != "" && route.Method == "*" && route.ReqRole == "Admin"
		})
		if !isRefused {
			t.Errorf("a viewer of older settings reaches %s through the proxy", path)
		}
	}
}
