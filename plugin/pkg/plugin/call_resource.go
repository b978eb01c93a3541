package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// mostResourceBytes is the longest body that the collector reads.
const mostResourceBytes = 1 << 20

// resources are the only paths that leave this process, each with its method. They are compared as a whole: Grafana
// decodes %2F once and leaves ".." as it is.
var resources = map[string]string{
	"health":     http.MethodGet,
	"variables":  http.MethodPost,
	"tag-keys":   http.MethodPost,
	"tag-values": http.MethodPost,
	"complete":   http.MethodPost,
	"check":      http.MethodPost,
	"migrate":    http.MethodPost,
	"preview":    http.MethodPost,
}

// CallResource serves the editors: completion, values, the preview of an alert.
func (i *Instance) CallResource(ctx context.Context, request *backend.CallResourceRequest, sender backend.CallResourceResponseSender) error {
	got, failed := i.resource(ctx, request)
	if failed != nil {
		body, err := json.Marshal(map[string]any{"message": failed.Error(), "category": failed.category, "hint": failed.hint})
		if err != nil {
			return err
		}
		return sender.Send(jsonResource(int(failed.status), body))
	}
	return sender.Send(jsonResource(http.StatusOK, got.body))
}

func (i *Instance) resource(ctx context.Context, request *backend.CallResourceRequest) (*answer, *failure) {
	method, known := resources[request.Path]
	if !known {
		return nil, downstream(configCategory, backend.StatusNotFound, fmt.Sprintf("This data source has no resource %q.", request.Path), "")
	}
	if request.Method != method {
		return nil, downstream(configCategory, http.StatusMethodNotAllowed, fmt.Sprintf("The resource %s is asked with %s.", request.Path, method), "")
	}
	if len(request.Body) > mostResourceBytes {
		return nil, downstream(configCategory, http.StatusRequestEntityTooLarge, "The request is larger than 1 MiB.", "Use fewer values in the filters.")
	}
	if i.unusable != nil {
		return nil, i.unusable
	}
	return i.collector.ask(ctx, method, request.Path, request.Body, asker{headers: request.GetHTTPHeaders()})
}

func jsonResource(status int, body []byte) *backend.CallResourceResponse {
	return &backend.CallResourceResponse{
		Status:  status,
		Headers: map[string][]string{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}},
		Body:    body,
	}
}
