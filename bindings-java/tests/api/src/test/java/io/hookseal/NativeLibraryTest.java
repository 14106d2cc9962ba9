package io.hookseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeLibraryTest {
  @TempDir Path folder;

  @Test
  void platformsAreNamedAsInTheJar() {
    assertEquals("linux-x86_64", NativeLibrary.platform("Linux", "amd64", false));
    assertEquals("linux-aarch64-musl", NativeLibrary.platform("Linux", "aarch64", true));
    assertEquals("macos-aarch64", NativeLibrary.platform("Mac OS X", "aarch64", false));
    assertEquals("windows-x86_64", NativeLibrary.platform("Windows 11", "amd64", false));
    assertEquals("freebsd-riscv64", NativeLibrary.platform("FreeBSD", "riscv64", false));
  }

  @Test
  void theCopyIsDeletedAtOnce() throws Exception {
    ChildJvm.Result result = ChildJvm.run(Load.class, "-Djava.io.tmpdir=" + folder);
    assertEquals("loaded\n", result.output());
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.filter(NativeLibraryTest::isOurs).toList());
    }
  }

  @Test
  void theHomeFolderStandsInForTheTemporaryOne() throws Exception {
    ChildJvm.Result result =
        ChildJvm.run(
            Load.class, "-Djava.io.tmpdir=" + folder.resolve("none"), "-Duser.home=" + folder);
    assertEquals("loaded\n", result.output());
  }

  @Test
  void aPlatformWithoutLibraryIsNamed() throws Exception {
    ChildJvm.Result result = ChildJvm.run(Load.class, "-Dos.arch=pdp11");
    assertNotEquals(0, result.exit());
    assertTrue(result.output().contains("no native library for linux-pdp11"), result::output);
    assertTrue(result.output().contains(NativeLibrary.PATH_PROPERTY), result::output);
  }

  @Test
  void aPropertyNamesAnotherLibrary() throws Exception {
    Path none = folder.resolve("none.so");
    ChildJvm.Result missing =
        ChildJvm.run(Load.class, "-D" + NativeLibrary.PATH_PROPERTY + "=" + none);
    assertTrue(missing.output().contains(none.toString()), missing::output);

    Path copy = folder.resolve("copy.so");
    String resource = "/native/linux-x86_64/" + System.mapLibraryName("hookseal_java");
    try (var in = NativeLibrary.class.getResourceAsStream(resource)) {
      Files.copy(in, copy);
    }
    ChildJvm.Result found =
        ChildJvm.run(Load.class, "-D" + NativeLibrary.PATH_PROPERTY + "=" + copy);
    assertEquals("loaded\n", found.output());
  }

  private static boolean isOurs(Path path) {
    return path.getFileName().toString().startsWith("hookseal-");
  }

  static final class Load {
    public static void main(String[] arguments) {
      Hookseal.errorCodes();
      System.out.println("loaded");
    }
  }
}
