<?xml version="1.0" encoding="UTF-8"?>
<!-- Makes a rule of the Maven enforcer of each advisory. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="xml" encoding="UTF-8" />
  <xsl:template match="/advisories">
    <enforcer>
      <rules>
        <xsl:apply-templates select="advisory" />
      </rules>
    </enforcer>
  </xsl:template>
  <xsl:template match="advisory">
    <bannedDependencies>
      <message>
        <xsl:value-of select="concat(@id, ': ', @artifact, ' ', @affected, ', fixed in ', @fixed, ': ', .)" />
      </message>
      <excludes>
        <xsl:call-template name="ranges">
          <xsl:with-param name="artifact" select="@artifact" />
          <xsl:with-param name="rest" select="concat(translate(@affected, ' ', ''), ',[')" />
        </xsl:call-template>
      </excludes>
    </bannedDependencies>
  </xsl:template>
  <!-- One pattern a range: "[1,2),[3,4)," and so on. -->
  <xsl:template name="ranges">
    <xsl:param name="artifact" />
    <xsl:param name="rest" />
    <xsl:if test="contains($rest, '),[')">
      <exclude>
        <xsl:value-of select="concat($artifact, ':', substring-before($rest, '),['), ')')" />
      </exclude>
      <xsl:call-template name="ranges">
        <xsl:with-param name="artifact" select="$artifact" />
        <xsl:with-param name="rest" select="concat('[', substring-after($rest, '),['))" />
      </xsl:call-template>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
