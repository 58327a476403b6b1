namespace Syscribe.Training.Data;

/// <summary>Names as they are found on machines.</summary>
internal static class Lists
{
    public const string Words = """
        access account agent alpha archive asset backup balance banner base batch billing blob board book boot branch bridge
        broker bucket buffer build bundle cache calendar camera campaign cargo cart catalog channel chart check client cloud
        cluster code collect column command common compose config connect console content context control cookie copy core
        counter crawler current customer daemon dash data database debug default deploy design device digest dist docs domain
        draft driver dump editor email engine entry error event export extra factory feature feed fetch field figure filter
        final finance folder font form frame gallery gate gateway global graph grid group guard guide handler header health
        history home hook host icon image import index ingest inner input install invoice item job journal json kernel key
        label lambda language latest layer layout ledger legacy lesson level library license light link list loader local lock
        logic login main manager map market master matrix media member memo menu message meta metric migrate mirror mobile
        model module monitor month music native network news node note notify object offer office order origin output owner
        package page panel parser part patch payload payment people period photo pipeline plan player plugin point policy
        pool portal post prefix price print private process product profile project proxy public query queue quick range
        rate reader record region registry relay release remote render repo report request reserve resource result review
        robot root route runner sample scan schedule schema scope script search secret section segment sensor serial server
        service session setting shard share shelf shop signal simple site sketch slot small social solver source space spark
        spool stage stamp start state static status step stock storage store stream string style subject summary support
        switch symbol sync system table target task team temp template tenant terminal test text theme thread ticket tile
        time token tool topic trace track trade trailer train transfer tree trigger tunnel type unit update upload usage user
        value vault vector vendor version video view virtual visitor voice volume wallet watch water weather web widget
        window wizard work worker world writer yellow zone
        """;

    public const string Programs = """
        accounts-worker aide ab awk amazon-ssm-agen ansible-runner api-server backup.sh bash bc bundle bzip2 c++ cc1 cc1plus
        ld as celery certbot chmod chown chronyd clang clamd collectd consul cp cpio crictl cupsd curl cut date dbus-daemon df
        dirmngr dnsmasq du elasticsearch emacs-gtk envoy etcd exim4 fail2ban-server ffmpeg file find firefox flock fluent-bit
        gcc gnome-shell git-remote-http gpg gpg-agent grafana grep gunicorn head helm hostname id irqbalance jq kafka
        kube-proxy kubectl ld.so less ln locale logger ls lsof m4 md5sum mkdir mktemp mongosh mosquitto mpd mysqldump
        mysqlsh named nfsd nslookup ntpd openssl packagekitd pgbackrest pg_dump php pipewire postgres prometheus ps
        pulseaudio pwd python3 qemu-img rabbitmq readlink redis-cli restart.sh rg ruby run-parts rustc sar sed seq sleep sort
        sqlite3 ssh ssh-agent stat stress-ng stunnel4 svlogd tail tar tee telegraf tmux top touch tr traefik tracker-miner-f
        udisksd uname uniq unzip uptime upowerd uwsgi vault vmtoolsd wc wget which whoami wpa_supplicant xargs xz zabbix_agentd
        zstd crond java node perl dotnet go cargo rsync scp mv rm cat dd sh dash zsh vim nano screen strace gdb make cmake
        ninja npm pip apt dpkg rpm systemd cron sshd login sudo su runc containerd-shim dockerd kubelet nginx apache2 mysqld
        redis-server haproxy httpd php-fpm mount umount crontab useradd passwd insmod modprobe ip iptables nmap socat nc
        """;

    public const string Images = """
        docker.io/library/nginx docker.io/library/redis docker.io/library/postgres docker.io/library/alpine alpine debian
        docker.io/library/busybox docker.io/library/python docker.io/library/node quay.io/prometheus/prometheus ubuntu
        registry.k8s.io/pause registry.k8s.io/coredns/coredns ghcr.io/acme/api ghcr.io/acme/web docker.io/grafana/grafana
        quay.io/calico/node docker.io/library/mysql gcr.io/google-samples/hello-app public.ecr.aws/nginx/nginx
        registry.example.com/team/app mcr.microsoft.com/dotnet/aspnet docker.io/bitnami/kafka docker.io/library/golang
        """;

    public const string Directories = """
        /usr/lib /usr/lib/x86_64-linux-gnu /usr/share/* /usr/lib/python3/dist-packages /var/lib/* /var/cache/* /var/log/*
        ~ ~/.cache/* ~/.config/* ~/src/* ~/Documents ~/.local/share/* /opt/*/bin /opt/* /srv/* /srv/www /var/www/html
        /var/www/html/* /proc/#/fd /proc/self /proc/# /proc /sys/class/* /sys/fs/cgroup/* /dev /dev/shm /tmp/* /tmp
        /run/* /run/user/1000 /var/tmp/* /data /data/* /app /app/* /workspace/* /root /root/* /mnt/* /etc /etc/* /etc/ssl/certs
        /etc/*/conf.d /usr/local/lib /usr/local/share/* /var/spool/* /var/backups /usr/bin /usr/sbin /bin /lib64 /boot
        /home/*/go/pkg/mod/* /var/lib/docker/overlay2/*/merged /var/lib/postgresql/15/main/base/# /var/lib/dpkg/info
        /var/lib/*/%/programs /var/lib/*/%/work /tmp/*.% /var/lib/*/%
        """;

    public const string Extensions = ".txt .json .log .conf .so .so.1 .py .pyc .c .h .o .html .css .js .md .yaml .yml .xml .db .sqlite .tmp .bak .lock .gz .tar.gz .sh .pid .sock .csv .png .ini .cfg .toml .d .pem .crt .old .swp .1";

    public const string People = "ann bob carol dave erin frank grace heidi ivan judy mallory niaj olivia peggy rupert sybil trent ubuntu admin dev deploy ci jenkins vagrant ec2-user debian centos alice user test";

    public const string Services = "www-data nobody postgres mysql redis daemon nginx systemd-network systemd-resolve messagebus _apt syslog sshd mail backup news proxy games sync bin sys lp man uucp apache statd polkitd prometheus elasticsearch";

    /// <summary>Groups of harmless calls by what their events show; names with "at" and other common parts among them on purpose.</summary>
    public const string PathCalls = """
        stat lstat newfstatat access faccessat faccessat2 readlink readlinkat statx chdir chroot utime utimes utimensat futimesat
        getxattr lgetxattr listxattr llistxattr setxattr lsetxattr removexattr lremovexattr statfs chown lchown
        fchownat rmdir swapon swapoff acct uselib inotify_add_watch fanotify_mark name_to_handle_at quotactl umount2 setxattrat
        getxattrat listxattrat removexattrat file_getattr file_setattr landlock_add_rule mq_open mq_unlink umount oldstat mount fspick move_mount open_tree
        open_tree_attr mount_setattr pivot_root
        """;

    public const string FdCalls = """
        read write close fstat lseek ioctl pread64 pwrite64 readv writev fsync fdatasync getdents getdents64 fchdir
        fchown fcntl flock fadvise64 fallocate preadv pwritev preadv2 pwritev2 sendfile splice tee vmsplice copy_file_range
        sync_file_range readahead fgetxattr fsetxattr flistxattr fremovexattr fstatfs syncfs mmap epoll_ctl epoll_wait
        epoll_pwait epoll_pwait2 close_range sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown bind listen
        getsockname getpeername setsockopt getsockopt accept accept4 timerfd_settime timerfd_gettime cachestat quotactl_fd
        signalfd signalfd4 inotify_rm_watch io_uring.read io_uring.write io_uring.readv io_uring.writev io_uring.fsync
        io_uring.close io_uring.poll_add io_uring.send io_uring.recv io_uring.accept io_uring.sendmsg io_uring.recvmsg
        io_uring.statx io_uring.fallocate io_uring.splice io_uring.read_fixed io_uring.write_fixed io_uring.shutdown
        io_uring.getxattr io_uring.setxattr io_uring.fadvise io_uring.bind io_uring.listen
        """;

    public const string PlainCalls = """
        poll mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn pipe select sched_yield mremap msync mincore madvise
        shmget shmat shmctl pause nanosleep getitimer alarm setitimer getpid socketpair clone fork vfork exit wait4 kill uname
        semget semop semctl shmdt msgget msgsnd msgrcv msgctl getcwd umask gettimeofday getrlimit getrusage sysinfo times
        getuid syslog getgid setgid geteuid getegid setpgid getppid getpgrp setsid setregid getgroups setgroups getresuid
        setresgid getresgid getpgid setfsgid getsid capget capset rt_sigpending rt_sigtimedwait rt_sigqueueinfo rt_sigsuspend
        sigaltstack personality ustat sysfs getpriority setpriority sched_setparam sched_getparam sched_setscheduler
        sched_getscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval mlock munlock mlockall
        munlockall vhangup modify_ldt prctl arch_prctl adjtimex setrlimit sync settimeofday sethostname setdomainname iopl
        ioperm delete_module gettid tkill time futex sched_setaffinity sched_getaffinity set_thread_area io_setup io_destroy
        io_getevents io_submit io_cancel get_thread_area epoll_create remap_file_pages set_tid_address restart_syscall
        semtimedop timer_create timer_settime timer_gettime timer_getoverrun timer_delete clock_settime clock_gettime
        clock_getres clock_nanosleep exit_group tgkill mbind set_mempolicy get_mempolicy mq_timedsend mq_timedreceive
        mq_notify mq_getsetattr kexec_load waitid add_key request_key keyctl ioprio_set ioprio_get inotify_init migrate_pages
        pselect6 ppoll set_robust_list get_robust_list move_pages timerfd_create eventfd eventfd2 epoll_create1 pipe2
        inotify_init1 rt_tgsigqueueinfo perf_event_open fanotify_init prlimit64 clock_adjtime getcpu kcmp sched_setattr
        sched_getattr seccomp getrandom memfd_create memfd_secret kexec_file_load membarrier mlock2 pkey_mprotect pkey_alloc pkey_free
        io_pgetevents rseq pidfd_send_signal io_uring_setup io_uring_enter io_uring_register pidfd_open clone3
        process_madvise landlock_create_ruleset landlock_restrict_self process_mrelease futex_waitv set_mempolicy_home_node
        map_shadow_stack futex_wake futex_wait futex_requeue lsm_get_self_attr lsm_set_self_attr lsm_list_modules
        mseal fsopen fsconfig fsmount statmount listmount reboot create_module query_module procexit io_uring.nop io_uring.timeout io_uring.async_cancel io_uring.madvise io_uring.waitid
        io_uring.futex_wait io_uring.futex_wake io_uring.link_timeout io_uring.epoll_ctl io_uring.pipe io_uring.msg_ring
        """;
}
