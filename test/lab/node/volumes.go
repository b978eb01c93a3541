package node

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	registration "k8s.io/kubelet/pkg/apis/pluginregistration/v1"

	"eventloom.dev/lab/fault"
	"eventloom.dev/lab/storage"
)

// volumeDriver is the node's half of the lab's CSI driver; package storage is the other half. It mounts nothing: an empty
// directory stands for every volume.
type volumeDriver struct {
	csi.UnimplementedIdentityServer
	csi.UnimplementedNodeServer
	registration.UnimplementedRegistrationServer
	node, socket string
	board        *fault.Board
}

// serveVolumes opens the driver's socket and the one where the kubelet finds it, both inside the kubelet's directory.
func serveVolumes(node, rootDir string, board *fault.Board) error {
	driver := &volumeDriver{node: node, socket: filepath.Join(rootDir, "plugins", "csi.sock"), board: board}
	if err := listen(driver.socket, func(server *grpc.Server) {
		csi.RegisterIdentityServer(server, driver)
		csi.RegisterNodeServer(server, driver)
	}); err != nil {
		return err
	}
	return listen(filepath.Join(rootDir, "plugins_registry", "csi.sock"), func(server *grpc.Server) {
		registration.RegisterRegistrationServer(server, driver)
	})
}

func listen(socket string, register func(*grpc.Server)) error {
	if err := os.MkdirAll(filepath.Dir(socket), 0o755); err != nil {
		return err
	}
	_ = os.Remove(socket) // left by the kubelet's previous life
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	register(server)
	go func() { _ = server.Serve(listener) }()
	return nil
}

// GetInfo tells the kubelet where the driver listens.
func (d *volumeDriver) GetInfo(context.Context, *registration.InfoRequest) (*registration.PluginInfo, error) {
	return &registration.PluginInfo{Type: registration.CSIPlugin, Name: storage.Driver, Endpoint: d.socket,
		SupportedVersions: []string{"1.0.0"}}, nil
}

// NotifyRegistrationStatus is told how the registration went; the kubelet logs it too.
func (d *volumeDriver) NotifyRegistrationStatus(context.Context, *registration.RegistrationStatus) (*registration.RegistrationStatusResponse, error) {
	return &registration.RegistrationStatusResponse{}, nil
}

// GetPluginInfo names the driver.
func (d *volumeDriver) GetPluginInfo(context.Context, *csi.GetPluginInfoRequest) (*csi.GetPluginInfoResponse, error) {
	return &csi.GetPluginInfoResponse{Name: storage.Driver, VendorVersion: "1"}, nil
}

// Probe says that the driver is ready.
func (d *volumeDriver) Probe(context.Context, *csi.ProbeRequest) (*csi.ProbeResponse, error) {
	return &csi.ProbeResponse{}, nil
}

// NodeGetInfo names the node for the driver.
func (d *volumeDriver) NodeGetInfo(context.Context, *csi.NodeGetInfoRequest) (*csi.NodeGetInfoResponse, error) {
	return &csi.NodeGetInfoResponse{NodeId: d.node}, nil
}

// NodeGetCapabilities is nothing beyond publishing.
func (d *volumeDriver) NodeGetCapabilities(context.Context, *csi.NodeGetCapabilitiesRequest) (*csi.NodeGetCapabilitiesResponse, error) {
	return &csi.NodeGetCapabilitiesResponse{}, nil
}

// NodePublishVolume makes the directory, unless a rule lets mounting fail or hang.
func (d *volumeDriver) NodePublishVolume(ctx context.Context, request *csi.NodePublishVolumeRequest) (*csi.NodePublishVolumeResponse, error) {
	volume := request.GetVolumeContext()
	for _, rule := range d.board.Rules() {
		if rule.Volumes == nil || rule.Volumes.Mount == "" || !storage.Concerns(*rule.Volumes, volume[storage.ClassKey], volume[storage.ClaimKey], d.node) {
			continue
		}
		if rule.Volumes.Mount == "stuck" {
			<-ctx.Done()
			return nil, status.FromContextError(ctx.Err()).Err()
		}
		return nil, status.Error(codes.Internal, fault.OrElse(rule.Volumes.Message,
			fmt.Sprintf("mount volume %s: exit status 32: wrong fs type, bad superblock", request.GetVolumeId())))
	}
	return &csi.NodePublishVolumeResponse{}, os.MkdirAll(request.GetTargetPath(), 0o755)
}

// NodeUnpublishVolume removes the directory.
func (d *volumeDriver) NodeUnpublishVolume(_ context.Context, request *csi.NodeUnpublishVolumeRequest) (*csi.NodeUnpublishVolumeResponse, error) {
	return &csi.NodeUnpublishVolumeResponse{}, os.RemoveAll(request.GetTargetPath())
}
