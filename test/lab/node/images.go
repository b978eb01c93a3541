package node

import (
	"context"
	"fmt"

	internalapi "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	apitest "k8s.io/cri-api/pkg/apis/testing"

	"eventloom.dev/lab/fault"
)

// imageBytes is the pretended size of every image.
const imageBytes = 42 << 20

// scriptedImages pulls any image at once, unless a rule refuses it.
type scriptedImages struct {
	internalapi.ImageManagerService
	node  string
	board *fault.Board
}

func newScriptedImages(node string, board *fault.Board) *scriptedImages {
	images := apitest.NewFakeImageService()
	images.SetFakeImageSize(imageBytes)
	return &scriptedImages{ImageManagerService: images, node: node, board: board}
}

// PullImage fails like a container runtime whose registry does not answer, or does not know the image.
func (s *scriptedImages) PullImage(ctx context.Context, image *runtimeapi.ImageSpec, auth *runtimeapi.AuthConfig, pod *runtimeapi.PodSandboxConfig) (string, error) {
	for _, rule := range s.board.Rules() {
		if pull := rule.ImagePull; pull != nil && pull.Matches(image.Image, s.node) {
			return "", fmt.Errorf("failed to pull and unpack image %q: %s", image.Image,
				fault.OrElse(pull.Message, pullMessage(*pull, image.Image)))
		}
	}
	return s.ImageManagerService.PullImage(ctx, image, auth, pod)
}

func pullMessage(pull fault.ImagePull, image string) string {
	if pull.Registry != "" {
		return fmt.Sprintf("failed to do request: Head \"https://%s/v2/\": dial tcp: lookup %s: no such host", pull.Registry, pull.Registry)
	}
	return fmt.Sprintf("failed to resolve reference %q: %s: not found", image, image)
}
