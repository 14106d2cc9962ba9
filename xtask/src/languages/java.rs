//! Java: the Maven artefacts `io.hookseal:hookseal` and
//! `io.hookseal:hookseal-spring-boot-starter`.
//!
//! Maven works with a local repository of its own in `target/xtask`: a released
//! version is never looked up again once it is there, so what an earlier build
//! left under `io.hookseal` has to go before each use, and nobody's own
//! repository is touched for that.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::language::{Counts, Language, Vectors, Workspace, has_program};
use crate::native;
use crate::output::{each_line, junit_counts, run};

const FORMATTER_VERSION: &str = "1.28.0";
const DEPENDENCY_PLUGIN: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0";

/// Beside the published modules: projects of their own that use the artefacts.
const CONSUMERS: [&str; 5] = [
    "bindings-java/tests/api",
    "bindings-java/tests/spring-boot",
    "bindings-java/bench",
    "tests/receivers/spring-boot",
    "examples/spring-boot",
];

/// The crate of the native library.
const NATIVE_CRATE: &str = "hookseal-java";

/// See the module.
pub(crate) struct Java;

impl Language for Java {
    fn name(&self) -> &'static str {
        "java"
    }

    fn frameworks(&self) -> &'static [&'static str] {
        &["spring-boot"]
    }

    fn missing_tool(&self) -> Option<String> {
        if !has_program("javac") {
            return Some("javac is missing: install a JDK, 17 or newer".to_owned());
        }
        (!has_program("mvn")).then(|| "mvn is missing: install Maven 3.8 or newer".to_owned())
    }

    fn native_crate(&self) -> Option<&'static str> {
        Some(NATIVE_CRATE)
    }

    fn dist(&self, workspace: &Workspace) -> Result<()> {
        native::build(workspace, NATIVE_CRATE)?;
        let natives = collect_natives(workspace)?;
        let repository = repository(workspace);
        remove(&repository)?;
        remove(&workspace.root.join("bindings-java/hookseal/target"))?;
        forget_artefacts(workspace)?;
        run(maven(workspace, "bindings-java")
            .args(["--quiet", "deploy"])
            .arg(property("hookseal.natives", &natives))
            .arg(format!(
                "-DaltDeploymentRepository=dist::file://{}",
                repository.display()
            )))
    }

    fn packages(&self, workspace: &Workspace) -> Result<Vec<PathBuf>> {
        let artefacts = repository(workspace).join("io/hookseal");
        let mut jars = Vec::new();
        for artefact in ["hookseal", "hookseal-spring-boot-starter"] {
            let version = env!("CARGO_PKG_VERSION");
            let name = format!("{artefact}-{version}");
            let folder = artefacts.join(artefact).join(version);
            jars.push(folder.join(format!("{name}.jar")));
            jars.push(folder.join(format!("{name}-sources.jar")));
        }
        Ok(jars)
    }

    fn check(&self, workspace: &Workspace) -> Result<()> {
        check_format(workspace)?;
        // Every compiler warning and every gap in the javadoc is an error. The
        // natives don't matter here, so the jar has none, and must not stay.
        forget_artefacts(workspace)?;
        let none = workspace.scratch("java-no-natives");
        remove(&workspace.root.join("bindings-java/hookseal/target"))?;
        run(maven(workspace, "bindings-java")
            .args(["--quiet", "install"])
            .arg(property("hookseal.natives", &none)))?;
        for project in CONSUMERS {
            run(maven(workspace, project).args(["--quiet", "test-compile"]))?;
        }
        forget_artefacts(workspace)
    }

    fn test(&self, workspace: &Workspace, vectors: &Vectors) -> Result<Counts> {
        forget_artefacts(workspace)?;
        let mut counts = Counts::default();
        let suites = [
            ("bindings-java/tests/api", "target", None),
            ("bindings-java/tests/spring-boot", "target", None),
            (
                "bindings-java/tests/spring-boot",
                "target/boot3",
                Some("-Pboot3"),
            ),
        ];
        for (project, target, profile) in suites {
            let reports = workspace
                .root
                .join(project)
                .join(target)
                .join("surefire-reports");
            remove(&reports)?;
            let mut command = consumer(workspace, project);
            command.arg("test").args(profile);
            surefire(vectors.apply(&mut command))?;
            counts += read_reports(&reports)?;
        }
        Ok(counts)
    }

    fn receiver(&self, workspace: &Workspace, framework: &str) -> Result<Command> {
        application(workspace, "tests/receivers", framework, "receiver-0.jar")
    }

    fn example(&self, workspace: &Workspace, framework: &str) -> Result<Command> {
        application(workspace, "examples", framework, "calls-1.0.0.jar")
    }

    fn user_environment(&self, workspace: &Workspace) -> Result<Vec<(&'static str, OsString)>> {
        forget_artefacts(workspace)?;
        let local = property("maven.repo.local", &local_repository(workspace));
        Ok(vec![("MAVEN_OPTS", format!("-Xmx512m {local}").into())])
    }

    fn bench(&self, workspace: &Workspace, name: &str) -> Result<()> {
        forget_artefacts(workspace)?;
        run(consumer(workspace, "bindings-java/bench").args(["--quiet", "package"]))?;
        run(Command::new("java")
            .args(["-Xmx512m", "-jar"])
            .arg(
                workspace
                    .root
                    .join("bindings-java/bench/target/bench-0.jar"),
            )
            .arg(name))
    }
}

/// The Maven repository folder that is published.
fn repository(workspace: &Workspace) -> PathBuf {
    workspace.dist().join("maven")
}

/// Maven's own local repository.
fn local_repository(workspace: &Workspace) -> PathBuf {
    workspace.scratch("java-m2")
}

/// So that the artefacts are taken from where they were built last.
fn forget_artefacts(workspace: &Workspace) -> Result<()> {
    remove(&local_repository(workspace).join("io/hookseal"))
}

fn maven(workspace: &Workspace, project: &str) -> Command {
    let mut command = Command::new("mvn");
    command
        .args(["--batch-mode", "--no-transfer-progress", "--file"])
        .arg(workspace.root.join(project).join("pom.xml"))
        .arg(property("maven.repo.local", &local_repository(workspace)));
    if env::var_os("MAVEN_OPTS").is_none() {
        command.env("MAVEN_OPTS", "-Xmx512m");
    }
    command
}

/// Maven on a project that takes the artefacts from `dist/`.
fn consumer(workspace: &Workspace, project: &str) -> Command {
    let mut command = maven(workspace, project);
    command.arg(property("hookseal.dist", &repository(workspace)));
    command
}

fn property(name: &str, value: &Path) -> String {
    format!("-D{name}={}", value.display())
}

/// Lays the native library out as it is in the jar.
fn collect_natives(workspace: &Workspace) -> Result<PathBuf> {
    let natives = workspace.scratch("java-natives");
    remove(&natives)?;
    let platform = format!(
        "{}-{}{}",
        env::consts::OS,
        env::consts::ARCH,
        if cfg!(target_env = "musl") {
            "-musl"
        } else {
            ""
        }
    );
    let folder = natives.join("native").join(platform);
    fs::create_dir_all(&folder)?;
    let file = format!(
        "{}hookseal_java{}",
        env::consts::DLL_PREFIX,
        env::consts::DLL_SUFFIX
    );
    let built = native::folder(workspace).join(&file);
    fs::copy(&built, folder.join(&file))
        .with_context(|| format!("cannot copy {}", built.display()))?;
    Ok(natives)
}

fn application(workspace: &Workspace, kind: &str, framework: &str, jar: &str) -> Result<Command> {
    let project = format!("{kind}/{framework}");
    if !Java.frameworks().contains(&framework) {
        bail!("there is no {project} in Java");
    }
    forget_artefacts(workspace)?;
    run(consumer(workspace, &project).args(["--quiet", "package"]))?;
    let mut command = Command::new("java");
    command
        .args(["-Xmx512m", "-XX:+UseSerialGC", "-jar"])
        .arg(workspace.root.join(project).join("target").join(jar));
    Ok(command)
}

/// Runs Maven's test runner with its output shown. A failed test is left to the
/// reports; what `-Xcheck:jni` finds is an error.
fn surefire(command: &mut Command) -> Result<()> {
    command.arg("-Dmaven.test.failure.ignore=true");
    let mut findings = Vec::new();
    let status = each_line(command, |line| {
        println!("{line}");
        if line.contains("WARNING in native method") || line.contains("ERROR in native method") {
            findings.push(line.to_owned());
        }
    })?;
    if !status.success() {
        bail!("mvn ended with {status}");
    }
    if !findings.is_empty() {
        bail!("-Xcheck:jni found: {}", findings.join("; "));
    }
    Ok(())
}

/// Adds up the reports, one file a test class.
fn read_reports(folder: &Path) -> Result<Counts> {
    let mut counts = Counts::default();
    for entry in fs::read_dir(folder).context("the test runner left no report")? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        let report = fs::read_to_string(&path)?;
        counts += junit_counts(&report)
            .with_context(|| format!("{} is no test report", path.display()))?;
    }
    Ok(counts)
}

/// google-java-format over all Java files of the project.
fn check_format(workspace: &Workspace) -> Result<()> {
    let formatter = formatter(workspace)?;
    let mut files = Vec::new();
    for folder in CONSUMERS.into_iter().chain(["bindings-java"]) {
        collect_java(&workspace.root.join(folder), &mut files)?;
    }
    files.sort();
    files.dedup();
    let mut command = Command::new("java");
    for package in ["api", "code", "file", "parser", "tree", "util"] {
        command.arg(format!(
            "--add-exports=jdk.compiler/com.sun.tools.javac.{package}=ALL-UNNAMED"
        ));
    }
    run(command
        .args(["-Xmx512m", "-jar"])
        .arg(formatter)
        .args(["--dry-run", "--set-exit-if-changed"])
        .args(files))
}

fn formatter(workspace: &Workspace) -> Result<PathBuf> {
    let version = FORMATTER_VERSION;
    let jar = local_repository(workspace).join(format!(
        "com/google/googlejavaformat/google-java-format/{version}/google-java-format-{version}-all-deps.jar"
    ));
    if !jar.exists() {
        run(maven(workspace, "bindings-java")
            .args(["--quiet", "--non-recursive"])
            .arg(format!("{DEPENDENCY_PLUGIN}:get"))
            .arg(format!(
                "-Dartifact=com.google.googlejavaformat:google-java-format:{version}:jar:all-deps"
            ))
            .arg("-Dtransitive=false"))?;
    }
    Ok(jar)
}

fn collect_java(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                collect_java(&path, files)?;
            }
        } else if path
            .extension()
            .is_some_and(|extension| extension == "java")
        {
            files.push(path);
        }
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}
