package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"eventloom.dev/lab/compose"
	"eventloom.dev/lab/scenario"
)

// composeRecording makes one recording out of many.
func composeRecording(_ context.Context, args []string) error {
	flags, _ := newFlags("compose")
	out := flags.String("out", "", "directory for NAME.jsonl.gz and NAME.objects.jsonl.gz")
	name := flags.String("name", "shop", "name of the recording")
	files, err := parse(flags, args, "PLAN")
	if err != nil {
		return err
	}
	if *out == "" {
		return fmt.Errorf("%w: --out DIR is missing", errUsage)
	}
	plan, err := compose.LoadPlan(files[0])
	if err != nil {
		return err
	}
	result, err := compose.Compose(plan, filepath.Join(filepath.Dir(files[0]), plan.Recordings), *out, *name)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d versions, %d objects, %s to %s\n", *name, result.Lines, result.Objects,
		result.From.Format(time.RFC3339), result.To.Format(time.RFC3339))
	return nil
}

func pack(_ context.Context, args []string) error {
	flags, _ := newFlags("pack")
	dirs, err := parse(flags, args, "DIR")
	if err != nil {
		return err
	}
	return scenario.Pack(dirs[0])
}
