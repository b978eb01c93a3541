package plugin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// category is the closed list that the config page shows with its own icon and words.
type category string

const (
	authCategory    category = "auth"
	networkCategory category = "network"
	tlsCategory     category = "tls"
	timeoutCategory category = "timeout"
	configCategory  category = "config"
	storageCategory category = "storage"
)

// statusClientClosed is what Grafana itself uses for an answer nobody waits for any more.
const statusClientClosed backend.Status = 499

// failure is what went wrong, whose it is to mend, and how.
type failure struct {
	category category
	status   backend.Status
	source   backend.ErrorSource
	// message is a sentence: what happened.
	message string
	// hint is a sentence: what to do.
	hint string
}

func (f *failure) Error() string {
	if f.hint == "" {
		return f.message
	}
	return f.message + " " + f.hint
}

func (f *failure) response() backend.DataResponse {
	return backend.DataResponse{Error: f, Status: f.status, ErrorSource: f.source}
}

func downstream(kind category, status backend.Status, message, hint string) *failure {
	return &failure{kind, status, backend.ErrorSourceDownstream, message, hint}
}

func wrongSettings(message string) *failure {
	return downstream(configCategory, backend.StatusBadRequest, message, "See the settings of this data source.")
}

func wrongCertificates(err error) *failure {
	return downstream(tlsCategory, backend.StatusBadRequest, fmt.Sprintf("The certificates of the data source cannot be used: %v.", err),
		"Paste CA, certificate and key as PEM text, each with its BEGIN and END lines.")
}

// undecodable is a fault of ours: the collector said something that Grafana's own decoder refuses.
func undecodable(err any) *failure {
	return &failure{configCategory, backend.StatusBadGateway, backend.ErrorSourcePlugin,
		fmt.Sprintf("The answer of the collector cannot be read: %v.", err),
		"Use the same version of plugin and collector; if they are, please report it with the query."}
}

// problem is RFC 9457, as the collector answers.
type problem struct {
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

// refused explains an answer with another status than 200.
func (c *collector) refused(response *http.Response, body []byte) *failure {
	host := c.base.Host
	status := backend.Status(response.StatusCode)
	said := inItsWords(response, body)
	switch code := response.StatusCode; {
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		message, hint := c.unauthorized()
		return downstream(authCategory, status, fmt.Sprintf(message+"%s", host, code, said), hint)
	case code == http.StatusBadRequest && strings.Contains(string(body), "HTTP request to an HTTPS server"):
		return downstream(tlsCategory, backend.StatusBadGateway, fmt.Sprintf("%s wants a secure connection.", host), "Begin the URL with https:// instead of http://.")
	case code >= 300 && code < 400:
		return downstream(configCategory, backend.StatusBadGateway, fmt.Sprintf("%s redirects to %q.", host, response.Header.Get("Location")),
			"Enter the address that it leads to; a login page means that a proxy wants credentials of its own.")
	case isPage(response, body):
		return notACollector(status, host)
	case code == http.StatusNotFound:
		if path := strings.Trim(c.base.Path, "/"); path != "" {
			return downstream(configCategory, status, fmt.Sprintf("%s has nothing below the path /%s.%s", host, path, said),
				"Leave the path out of the URL, unless a proxy in front of the collector wants it. Else update the collector: it has no /api/v1/grafana.")
		}
		return downstream(configCategory, status, fmt.Sprintf("%s has no /api/v1/grafana.%s", host, said),
			"Update the collector, or correct the URL: another server may listen there.")
	case code == http.StatusTooManyRequests:
		return downstream(timeoutCategory, status, fmt.Sprintf("The collector has too many queries at once.%s", said),
			"Try again in "+orMoment(response.Header.Get("Retry-After"))+", and refresh dashboards less often.")
	case code == http.StatusServiceUnavailable:
		return downstream(storageCategory, status, fmt.Sprintf("The collector cannot answer for now.%s", said), "")
	case code == http.StatusGatewayTimeout:
		return downstream(timeoutCategory, status, fmt.Sprintf("The answer took too long.%s", said), "Ask for a shorter range or fewer groups.")
	default:
		failed := downstream(configCategory, status, fmt.Sprintf("The collector at %s answered %d.%s", host, code, said), "")
		failed.source = backend.ErrorSourceFromHTTPStatus(code)
		return failed
	}
}

// unauthorized is a format of host and status, and what to do, by whose credentials were sent.
func (c *collector) unauthorized() (message, hint string) {
	switch {
	case c.forwardIdentity:
		return "The collector at %s refused the identity of the person who looks (%d).",
			"Let the proxy in front of the collector accept tokens of Grafana's identity provider, or choose a token as authentication."
	case c.basicAuth:
		return "%s refused user and password (%d).", "Enter user and password of the proxy in front of the collector. The collector itself knows a token only."
	case c.token == "":
		return "The collector at %s wants a token (%d), and the settings have none.",
			"Enter the collector's token in the settings; it is in the file that api.tokenFile names."
	default:
		return "The collector at %s refused the token of the settings (%d).",
			"Enter the collector's token anew; it is in the file that api.tokenFile names. A line break or a space at its end does no harm."
	}
}

func notACollector(status backend.Status, host string) *failure {
	if status < 400 {
		status = backend.StatusBadGateway
	}
	return downstream(configCategory, status, fmt.Sprintf("%s answered with a web page, not as a collector.", host),
		"A proxy or a login page stands in between, or the URL is that of another server.")
}

// inItsWords is the collector's own sentence with a space before it, or nothing.
func inItsWords(response *http.Response, body []byte) string {
	var told problem
	if !strings.Contains(response.Header.Get("Content-Type"), "json") || json.Unmarshal(body, &told) != nil {
		return ""
	}
	if told.Detail != "" {
		return " " + told.Detail
	}
	if told.Title != "" {
		return " " + told.Title + "."
	}
	return ""
}

func isPage(response *http.Response, body []byte) bool {
	return strings.Contains(response.Header.Get("Content-Type"), "html") || strings.HasPrefix(strings.TrimSpace(string(body[:min(len(body), 64)])), "<")
}

func orMoment(seconds string) string {
	if seconds == "" {
		return "a moment"
	}
	return seconds + " s"
}
