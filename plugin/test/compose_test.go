package test

import (
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// The published schema of the Compose specification comes with compose-go, which docker compose itself is made of.
func TestComposeFile(t *testing.T) {
	options, err := cli.NewProjectOptions([]string{"../../docker-compose.yml"}, cli.WithProfiles([]string{"*"}))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Run("has the services of the documentation", func(t *testing.T) {
		for _, name := range []string{"token", "elasticsearch", "collector", "prometheus", "grafana"} {
			if _, err := project.GetService(name); err != nil {
				t.Error(err)
			}
		}
	})
	for name, service := range project.Services {
		t.Run(name+" has a pinned image and listens on loopback only", func(t *testing.T) {
			_, tag, tagged := strings.Cut(service.Image[strings.LastIndex(service.Image, "/")+1:], ":")
			if !tagged || strings.Count(tag, ".") != 2 {
				t.Errorf("image %s names no exact version", service.Image)
			}
			for _, port := range service.Ports {
				if port.HostIP != "127.0.0.1" {
					t.Errorf("port %d is open to %q", port.Target, port.HostIP)
				}
			}
			if name != "token" && service.HealthCheck == nil {
				t.Error("has no health check")
			}
			for key := range service.Environment {
				if strings.Contains(key, "PASSWORD") || strings.HasSuffix(key, "_TOKEN") {
					t.Errorf("%s may hold a secret", key)
				}
			}
		})
	}
	t.Run("Grafana starts after the token is made and the collector answers", func(t *testing.T) {
		waits := project.Services["grafana"].DependsOn
		if waits["token"].Condition != types.ServiceConditionCompletedSuccessfully || waits["collector"].Condition != types.ServiceConditionHealthy {
			t.Errorf("waits for %v", waits)
		}
	})
}
