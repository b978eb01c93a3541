package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

func status(_ context.Context, args []string) error {
	c, _, err := loaded("status", args)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(reachOf(c))
}

func down(_ context.Context, args []string) error {
	c, _, err := loaded("down", args)
	if err != nil {
		return err
	}
	return c.Down()
}

func kill(_ context.Context, args []string) error {
	c, names, err := loaded("kill", args, "COMPONENT")
	if err != nil {
		return err
	}
	return c.Kill(names[0])
}

// start waits until the component is of use again, so that a test can go on at once.
func start(ctx context.Context, args []string) error {
	c, names, err := loaded("start", args, "COMPONENT")
	if err != nil {
		return err
	}
	if err := c.Start(names[0]); err != nil {
		return err
	}
	return c.WaitComponent(ctx, names[0])
}

func compact(ctx context.Context, args []string) error {
	c, _, err := loaded("compact", args)
	if err != nil {
		return err
	}
	revision, err := c.Compact(ctx)
	if err != nil {
		return err
	}
	fmt.Println(revision)
	return nil
}

func snapshot(ctx context.Context, args []string) error {
	c, names, err := loaded("snapshot", args, "NAME")
	if err != nil {
		return err
	}
	return c.Snapshot(ctx, names[0])
}

func restore(ctx context.Context, args []string) error {
	c, names, err := loaded("restore", args, "NAME")
	if err != nil {
		return err
	}
	return c.Restore(ctx, names[0])
}

func token(ctx context.Context, args []string) error {
	flags, _ := newFlags("token")
	namespace := flags.String("namespace", "default", "namespace of the service account")
	ttl := flags.Duration("ttl", time.Hour, "how long the token is good")
	names, err := parse(flags, args, "NAME")
	if err != nil {
		return err
	}
	c, err := loadFrom(flags)
	if err != nil {
		return err
	}
	text, err := c.AccountToken(ctx, *namespace, names[0], *ttl)
	if err != nil {
		return err
	}
	fmt.Println(text)
	return nil
}
