package test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Grafana unpacks the archive into its plugin directory as it is, and starts the executable in it.
func TestTheArchiveHoldsOneFolderAndExecutablesThatRun(t *testing.T) {
	paths, err := filepath.Glob("../eventloom-events-datasource-*.zip")
	if err != nil || len(paths) == 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no archive, although CI builds it first")
		}
		t.Skip("there is no archive: npm run build makes it")
	}
	reader, err := zip.OpenReader(paths[len(paths)-1])
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	executables := 0
	for _, file := range reader.File {
		name, isIn := strings.CutPrefix(file.Name, "eventloom-events-datasource/")
		if !isIn {
			t.Errorf("%s is outside the folder of the plugin", file.Name)
		}
		want := "-rw-r--r--"
		if strings.HasPrefix(name, "gpx_eventloom_") {
			executables++
			want = "-rwxr-xr-x"
		}
		if got := file.Mode().String(); got != want {
			t.Errorf("%s has mode %s, not %s", name, got, want)
		}
	}
	if executables == 0 {
		t.Error("no executable is in it, and the plugin has a backend")
	}
}
