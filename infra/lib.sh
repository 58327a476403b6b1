# shellcheck shell=bash
# What infra/up and infra/test share: say, need, install, build. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDTERMINALLOGGER=off

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

need_dotnet() {
	[ -x "$HOME/.dotnet/dotnet" ] && PATH="$PATH:$HOME/.dotnet"
	if ! command -v dotnet >/dev/null || ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
		die "The .NET 10 SDK is missing. This installs it for you, without root:
  curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0"
	fi
	# The programs find the runtime here, wherever the SDK was installed.
	export DOTNET_ROOT=${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}
}

# need_packages NAME...: Debian packages; installs those that are missing, in one quiet step.
need_packages() {
	local missing=() name log
	for name in "$@"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
	done
	[ ${#missing[@]} -eq 0 ] && return 0
	command -v apt-get >/dev/null || die "These packages are missing and there is no apt-get to install them: ${missing[*]}"
	[ "$(id -u)" = 0 ] || die "These packages are missing: ${missing[*]}. As root: apt-get install ${missing[*]}"
	say "Installing ${missing[*]} ..."
	log=$(mktemp)
	if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		die "apt-get could not install ${missing[*]} (its words are above, all of them in $log)"
	fi
	rm -f "$log"
}

# What the programs need: clang and libbpf's headers to compile bpf/, libbpf to load it; and for root, who may play
# scenarios in a container, runc and busybox.
need_product_packages() {
	need_packages clang make libbpf-dev libbpf1
	if [ "$(id -u)" = 0 ]; then need_packages busybox-static && need_program runc runc; fi
}

# need_program NAME PACKAGE: for what other packages bring too. Docker's own containerd.io holds runc and containerd, and
# installing Debian's would remove it.
need_program() { command -v "$1" >/dev/null || need_packages "$2"; }

# build [PROJECT]: what runs, or one project more; Streaming.sln for all. Nothing when no source changed since the last time.
build() {
	local target=${1:-infra/Local} stamp log
	stamp=$root/.cache/build-$(basename "$target").stamp log=$root/.cache/build.log
	mkdir -p "$root/.cache" "$root/bin"
	is_fresh "$stamp" || is_fresh "$root/.cache/build-Streaming.sln.stamp" && return 0
	say "Building ..."
	touch "$stamp.new"
	# One compiler process for all projects, ended afterwards: half the time of one process each.
	if ! dotnet build "$root/$target" -c Release -v quiet -nologo -p:UseSharedCompilation=true >"$log" 2>&1; then
		grep -E 'error|warn' "$log" | sort -u | head -n 20 >&2
		die "The build failed; all it said is in ${log#"$root/"}"
	fi
	dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1 || true
	link syscribe processors/Worker/bin/Release/net10.0/Syscribe.Worker
	link syscribe-agent producers/Agent/bin/Release/net10.0/syscribe-agent
	link syscribe-scenarios producers/Scenarios/bin/Release/net10.0/Syscribe.Scenarios
	link syscribe-train processors/Training/bin/Release/net10.0/linux-x64/Syscribe.Training
	mv "$stamp.new" "$stamp"
}

# is_fresh STAMP: nothing changed since.
is_fresh() {
	[ -f "$1" ] && [ -z "$(find "$root" \( -name bin -o -name obj -o -name .git -o -name .cache \) -prune \
		-o -type f -newer "$1" -print -quit)" ]
}

# link NAME PATH: bin/NAME starts the program at PATH, where it was built, and tells it where the .NET runtime is.
link() {
	[ -x "$root/$2" ] || return 0
	cat >"$root/bin/$1" <<-EOF
		#!/bin/sh
		export DOTNET_ROOT="\${DOTNET_ROOT:-$DOTNET_ROOT}"
		exec "\$(dirname "\$(readlink -f "\$0")")/../$2" "\$@"
	EOF
	chmod +x "$root/bin/$1"
}
