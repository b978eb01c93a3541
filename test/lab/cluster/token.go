package cluster

import (
	"context"
	"crypto/rsa"
	"fmt"
	"os"
	"time"

	jose "gopkg.in/go-jose/go-jose.v2"
	"gopkg.in/go-jose/go-jose.v2/jwt"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/keyutil"
)

const (
	tokenIssuer = "https://kubernetes.default.svc"
	// serverLeeway is how long the API server goes on accepting a token that has ended. The token is made to end so much earlier.
	serverLeeway = time.Minute
)

// accountClaims are those by which the API server knows a service account from a signed token.
type accountClaims struct {
	Kubernetes accountReference `json:"kubernetes.io"`
}

type accountReference struct {
	Namespace      string         `json:"namespace"`
	ServiceAccount accountSubject `json:"serviceaccount"`
}

type accountSubject struct {
	Name string `json:"name"`
	UID  string `json:"uid"`
}

// AccountToken is a service account's token that ends after `ttl`; the account is made when it is missing. It is signed here
// with the cluster's key, since the API server itself gives out none for less than 10 minutes. A server that has seen the token
// remembers that it was good for up to 10 s more.
func (c *Cluster) AccountToken(ctx context.Context, namespace, name string, ttl time.Duration) (string, error) {
	client, err := c.Client()
	if err != nil {
		return "", err
	}
	accounts := client.CoreV1().ServiceAccounts(namespace)
	_, err = accounts.Create(ctx, &v1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	if err := ignoreExisting(err); err != nil {
		return "", fmt.Errorf("create service account %s/%s: %w", namespace, name, err)
	}
	account, err := accounts.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	signer, err := c.accountSigner()
	if err != nil {
		return "", err
	}
	ends := time.Now().Add(ttl - serverLeeway)
	issued := ends.Add(-time.Hour)
	claims := jwt.Claims{
		Issuer: tokenIssuer, Audience: jwt.Audience{tokenIssuer},
		Subject:  fmt.Sprintf("system:serviceaccount:%s:%s", namespace, name),
		IssuedAt: jwt.NewNumericDate(issued), NotBefore: jwt.NewNumericDate(issued), Expiry: jwt.NewNumericDate(ends),
	}
	private := accountClaims{accountReference{Namespace: namespace, ServiceAccount: accountSubject{Name: name, UID: string(account.UID)}}}
	return jwt.Signed(signer).Claims(private).Claims(claims).CompactSerialize()
}

func (c *Cluster) accountSigner() (jose.Signer, error) {
	raw, err := os.ReadFile(c.Path("sa.key"))
	if err != nil {
		return nil, err
	}
	parsed, err := keyutil.ParsePrivateKeyPEM(raw)
	if err != nil {
		return nil, err
	}
	key, isRSA := parsed.(*rsa.PrivateKey)
	if !isRSA {
		return nil, fmt.Errorf("sa.key is no RSA key")
	}
	return jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, nil)
}
