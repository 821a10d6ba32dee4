# tests/bench/registry.sh: a folder of its own, a registry of the sample index behind HTTP/2 and TLS on loopback, and a
# daemon that is stopped at the end; sourced by benches that have set $shared and $build. Sets $work and $port.
PATH=$PATH:/usr/sbin
work=$(mktemp -d)
server=
stop_daemon() {
	local pid
	[ -S "$work/home/rtauditd.sock" ] || return 0
	pid=$(RTAUDIT_HOME=$work/home "$build/rtaudit" status --format json | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p' | head -n 1)
	[ -z "$pid" ] || kill "$pid"
	while [ -e "$work/home/rtauditd.sock" ]; do sleep 0.02; done
}
cleanup() {
	stop_daemon
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	rm -rf "$work"
}
trap cleanup EXIT

# The server: the sample of the index, as a sparse registry serves it.
mkdir -p "$work/root/index" "$work/temp"
chmod 755 "$work" "$work/root"
tar --zstd -xf "$shared/data/sparse-index.tar.zst" -C "$work/root/index"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
	-addext subjectAltName=DNS:localhost -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
serve() {
	printf '{"dl":"https://localhost:%s/dl"}\n' "$1" >"$work/root/index/config.json"
	cat >"$work/nginx.conf" <<END
daemon off; master_process off; pid $work/nginx.pid; error_log $work/nginx.err;
events { worker_connections 512; }
http {
	log_format short '\$server_protocol \$status \$request_uri';
	access_log $work/access short;
	sendfile on; keepalive_requests 1000000;
	client_body_temp_path $work/temp; proxy_temp_path $work/temp; fastcgi_temp_path $work/temp;
	uwsgi_temp_path $work/temp; scgi_temp_path $work/temp;
	server {
		listen 127.0.0.1:$1 ssl http2; root $work/root;
		ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem;
	}
}
END
	nginx -c "$work/nginx.conf" 2>/dev/null &
	server=$!
	for _ in $(seq 100); do
		kill -0 "$server" 2>/dev/null || return 1
		(: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
		sleep 0.05
	done
	return 1
}
port=$((20000 + $$ % 20000))
until serve $port; do
	port=$((port + 1))
	[ $((port % 20)) != 0 ] || { echo "no port can be had"; exit 1; }
done

# settings FOLDER: cargo's configuration, which rtaudit's daemon honours as well.
settings() {
	mkdir -p "$1"
	cat >"$1/config.toml" <<END
[source.crates-io]
replace-with = "local"
[source.local]
registry = "sparse+https://localhost:$port/index/"
[http]
cainfo = "$work/cert.pem"
END
}
# An advisory database of one file: cloning the real one is not what is measured.
git -C "$work" -c init.defaultBranch=main init -q advisories
mkdir -p "$work/advisories/crates/none"
printf '```toml\n[advisory]\nid = "RUSTSEC-2020-0000"\npackage = "none"\ndate = "2020-01-01"\n\n[versions]\npatched = []\n```\n\n# None\n' \
	>"$work/advisories/crates/none/RUSTSEC-2020-0000.md"
git -C "$work/advisories" add .
git -C "$work/advisories" -c user.name=t -c user.email=t@localhost commit -q -m one

now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }
median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }
