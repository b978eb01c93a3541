package scenario

import (
	"encoding/json"
	"testing"
)

func TestWorkloadsBecomeTheObjectsTheyAreShortFor(t *testing.T) {
	scenarios := []struct {
		name     string
		workload Workload
		kinds    []string
	}{
		{"a deployment", Workload{Name: "web"}, []string{"Deployment"}},
		{"a claim of its own comes first", Workload{Name: "web", Claim: &ClaimTemplate{}}, []string{"PersistentVolumeClaim", "Deployment"}},
		{"a claim that somebody else makes", Workload{Name: "web", Claim: &ClaimTemplate{Existing: true}}, []string{"Deployment"}},
		{"a claim for each pod", Workload{Name: "web", Claim: &ClaimTemplate{Ephemeral: true}}, []string{"Deployment"}},
		{"a StatefulSet has templates", Workload{Kind: "StatefulSet", Name: "db", Claim: &ClaimTemplate{}}, []string{"StatefulSet"}},
		{"a cron job", Workload{Kind: "CronJob", Name: "report"}, []string{"CronJob"}},
	}
	for _, scenario := range scenarios {
		t.Run(scenario.name, func(t *testing.T) {
			manifests, err := scenario.workload.Manifests()
			if err != nil {
				t.Fatal(err)
			}
			if len(manifests) != len(scenario.kinds) {
				t.Fatalf("got %s", manifests)
			}
			for i, manifest := range manifests {
				var object struct {
					Kind     string
					Metadata struct{ Namespace string }
				}
				if err := json.Unmarshal(manifest, &object); err != nil {
					t.Fatal(err)
				}
				if object.Kind != scenario.kinds[i] || object.Metadata.Namespace != DefaultNamespace {
					t.Errorf("got %+v", object)
				}
			}
		})
	}
}
