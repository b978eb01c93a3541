package cluster

import (
	"context"
	"fmt"
	"os"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// etcdTimeout bounds one question to etcd.
const etcdTimeout = 10 * time.Second

// Compact removes etcd's history up to now and returns the revision: watches from an earlier resourceVersion get 410 Gone.
func (c *Cluster) Compact(ctx context.Context) (int64, error) {
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{c.Etcd}, DialTimeout: etcdTimeout})
	if err != nil {
		return 0, fmt.Errorf("connect to etcd: %w", err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, etcdTimeout)
	defer cancel()
	current, err := client.Get(ctx, "any key will do: the answer's header has the revision")
	if err != nil {
		return 0, fmt.Errorf("ask etcd for its revision: %w", err)
	}
	revision := current.Header.Revision
	if _, err := client.Compact(ctx, revision, clientv3.WithCompactPhysical()); err != nil {
		return 0, fmt.Errorf("compact etcd at %d: %w", revision, err)
	}
	return revision, nil
}

// Snapshot copies etcd's data under a name. etcd is stopped meanwhile; the API server waits for it.
func (c *Cluster) Snapshot(ctx context.Context, name string) error {
	return c.withoutEtcd(ctx, func() error {
		if err := os.RemoveAll(c.Path("snapshots", name)); err != nil {
			return err
		}
		return os.CopyFS(c.Path("snapshots", name), os.DirFS(c.Path("etcd")))
	})
}

// Restore puts a snapshot back. From then on the API server hands out resourceVersions a second time, for other objects.
func (c *Cluster) Restore(ctx context.Context, name string) error {
	if _, err := os.Stat(c.Path("snapshots", name)); err != nil {
		return fmt.Errorf("no snapshot %q: %w", name, err)
	}
	// The API server holds newer data in its caches and must not meet the older etcd.
	if err := c.Kill("apiserver"); err != nil {
		return err
	}
	err := c.withoutEtcd(ctx, func() error {
		if err := os.RemoveAll(c.Path("etcd")); err != nil {
			return err
		}
		return os.CopyFS(c.Path("etcd"), os.DirFS(c.Path("snapshots", name)))
	})
	if err != nil {
		return err
	}
	if err := c.Start("apiserver"); err != nil {
		return err
	}
	return c.WaitAPIServer(ctx)
}

func (c *Cluster) withoutEtcd(ctx context.Context, action func() error) error {
	if err := c.Stop("etcd"); err != nil {
		return err
	}
	if err := action(); err != nil {
		return err
	}
	if err := c.Start("etcd"); err != nil {
		return err
	}
	return c.waitUntil(ctx, "etcd", readyTimeout, c.etcdReady)
}
